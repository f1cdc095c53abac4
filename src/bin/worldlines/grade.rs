//! `worldlines grade`: the result codes of a folder, a file for each student.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use clap::Args;
use worldlines::{
    formats::{
        grading::{Grade, GradeVerdict, MOST_POINTS, grade, summary, to_csv, to_gradescope},
        scenario::goal_of,
        without_mark,
    },
    kernel::Scenario,
};

use crate::{
    export::written,
    input::{about_named, decoded, named},
    usage::{student, whole},
};

/// Largest number of files in a folder.
const MOST_FILES: usize = 10_000;
/// Largest length of a student's file, in bytes. A code has some hundred.
const MOST_BYTES: u64 = 64 * 1024;

/// Arguments of `grade`.
#[derive(Args)]
pub(crate) struct GradeArgs {
    /// The exercise: a scenario's file with a goal, or its link.
    #[arg(value_name = "EXERCISE")]
    source: String,
    /// Folder with a file for each student, named by the student's id, with or without .txt, which holds the code.
    #[arg(value_name = "FOLDER")]
    folder: String,
    /// Write the grades as comma-separated values; - is standard output. Without --gradescope this is the default.
    #[arg(long, value_name = "OUT")]
    csv: Option<String>,
    /// Write a results.json for Gradescope; where OUT is a folder, one for each student in it: ID.json.
    #[arg(long, value_name = "OUT")]
    gradescope: Option<String>,
    /// Points for a goal that is reached.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = points, allow_negative_numbers = true)]
    points: u64,
    /// Id of the only student: the files are this student's, and the best counts.
    #[arg(long, value_name = "ID", value_parser = student)]
    student: Option<String>,
}

fn points(text: &str) -> Result<u64, String> {
    whole(text, 1..=MOST_POINTS)
}

impl GradeArgs {
    /// Returns what is printed: the table, or a summary where everything went into files.
    pub(crate) fn execute(self) -> Result<String, String> {
        let exercise = decoded(&self.source)?.scenario;
        if goal_of(&exercise).is_none() {
            return Err(about_named(&self.source, "found no goal, expected an exercise"));
        }
        let mut grades = grades(&exercise, &self.folder, self.student.as_deref())?;
        if let Some(id) = &self.student {
            grades = vec![best(id, grades)];
        }
        let outs = [&self.csv, &self.gradescope];
        if outs.iter().all(|out| out.as_deref() == Some("-")) {
            return Err(
                "--gradescope: found \"-\" twice, expected one table on standard output".to_owned()
            );
        }
        if outs.iter().all(|out| out.is_none()) {
            return Ok(to_csv(&grades, self.points));
        }
        let mut printed = String::new();
        if let Some(out) = &self.csv {
            printed += &written(out, to_csv(&grades, self.points))?;
        }
        if let Some(out) = &self.gradescope {
            printed += &self.write_results(out, &grades)?;
        }
        if printed.is_empty() { Ok(summary(&grades) + "\n") } else { Ok(printed) }
    }

    fn write_results(&self, out: &str, grades: &[Grade]) -> Result<String, String> {
        if out == "-" || !Path::new(out).is_dir() {
            return written(out, to_gradescope(grades, self.points));
        }
        for grade in grades {
            let path = Path::new(out).join(format!("{}.json", file_name(&grade.id)));
            let text = to_gradescope(std::slice::from_ref(grade), self.points);
            fs::write(&path, text)
                .map_err(|why| format!("{}: {why}", named(&path.to_string_lossy())))?;
        }
        Ok(String::new())
    }
}

/// Returns an id as a part of a file's name: it cannot lead out of the folder.
fn file_name(id: &str) -> String {
    id.replace(['/', '\\', ':', '\0'], "_")
}

/// Returns the best of a student's grades: one that reaches the goal, else the first that could be judged.
fn best(id: &str, grades: Vec<Grade>) -> Grade {
    let rank = |grade: &Grade| match grade.verdict {
        GradeVerdict::Reached => 0,
        GradeVerdict::NotReached => 1,
        GradeVerdict::Unreadable => 2,
    };
    let none = || Grade::unreadable(id, "found no file, expected one with a result code");
    grades.into_iter().min_by_key(rank).unwrap_or_else(none)
}

/// Returns a grade for each entry of the folder, in the order of the ids. Entries whose name begins with a point are
/// the system's, and no student's. `student` is the id of all of them, if they are one student's.
fn grades(exercise: &Scenario, folder: &str, student: Option<&str>) -> Result<Vec<Grade>, String> {
    let failed = |why: std::io::Error| format!("{}: {why}", named(folder));
    let mut entries: Vec<(String, std::path::PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        entries.push((id_of(&name), entry.path()));
        if entries.len() > MOST_FILES {
            let why = format!("found more than {MOST_FILES} files, expected at most {MOST_FILES}");
            return Err(about_named(folder, &why));
        }
    }
    entries.sort();
    let has_twin = |place: usize| {
        let same = |other: Option<&(String, _)>| other.is_some_and(|it| it.0 == entries[place].0);
        same(place.checked_sub(1).and_then(|before| entries.get(before)))
            || same(entries.get(place + 1))
    };
    let graded = entries.iter().enumerate().map(|(place, (id, path))| {
        if student.is_none() && has_twin(place) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return Grade::unreadable(
                id,
                format!("found two files for this id, among them {}, expected one", named(&name)),
            );
        }
        let id = student.unwrap_or(id);
        match text_of(path) {
            Ok(text) => grade(exercise, id, &text),
            Err(why) => Grade::unreadable(id, why),
        }
    });
    Ok(graded.collect())
}

/// Returns the id in a file's name: the name without `.txt`. An address keeps all its points.
fn id_of(name: &OsStr) -> String {
    let name = name.to_string_lossy();
    let stem = name.len().checked_sub(4).and_then(|at| name.split_at_checked(at));
    match stem {
        Some((stem, ending)) if ending.eq_ignore_ascii_case(".txt") => stem.to_owned(),
        _ => name.into_owned(),
    }
}

/// Reads a student's file, which is hostile until the contrary is known: no link is followed, and nothing but a file
/// is opened.
fn text_of(path: &Path) -> Result<String, String> {
    let kind = fs::symlink_metadata(path).map_err(|why| why.to_string())?;
    let found = match kind.file_type() {
        kind if kind.is_symlink() => Some("a symbolic link"),
        kind if kind.is_dir() => Some("a folder"),
        kind if !kind.is_file() => Some("a device or a pipe"),
        _ => None,
    };
    if let Some(found) = found {
        return Err(format!("found {found}, expected a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|why| why.to_string())?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("found more than {MOST_BYTES} bytes, expected at most {MOST_BYTES}"));
    }
    text_in(&bytes)
}

/// Returns the text of a file in UTF-8, or in UTF-16 with a byte order mark, which Windows programs write.
fn text_in(bytes: &[u8]) -> Result<String, String> {
    let wide = |from_bytes: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks(2).map(|pair| match *pair {
            [one, two] => from_bytes([one, two]),
            _ => 0xD800,
        });
        String::from_utf16(&units.collect::<Vec<_>>())
            .map_err(|_| "found damaged UTF-16, expected text".to_owned())
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                format!("found no UTF-8 from byte {} on, expected text", error.valid_up_to())
            })?;
            Ok(without_mark(text).to_owned())
        }
    }
}
