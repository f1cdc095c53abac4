//! An exercise as a package for a learning system, by SCORM 1.2: its manifest, and the page that opens the exercise.
//!
//! Source: ADL, SCORM Version 1.2, "The SCORM Content Aggregation Model", 2001, section 2.3.

use sha2::{Digest, Sha256};

use super::svg::escaped;
use crate::{
    formats::{Problem, scenario},
    kernel::{Scenario, visible},
};

/// Name of the manifest, at the root of the package.
pub const MANIFEST_FILE: &str = "imsmanifest.xml";
/// Name of the exercise in the package.
pub const EXERCISE_FILE: &str = "exercise.json";

/// Attribute by which the page names the folder of its files.
const FOLDER: &str = "data-files=\"";

/// Returns the manifest of a package with these files: one organisation with one item, which opens the page. The goal
/// that is reached is the full score.
#[must_use]
pub fn manifest(exercise: &Scenario, files: &[String]) -> String {
    let title = match visible(&exercise.title) {
        title if title.is_empty() => "Worldlines: an exercise".into(),
        title => title,
    };
    let title = escaped(&title);
    let hash = Sha256::digest(scenario::write(exercise).as_bytes());
    let id: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let file = |name: &String| format!("      <file href=\"{}\"/>\n", escaped(&address(name)));
    let files: String = files.iter().map(file).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="worldlines-{id}" version="1.0"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="worldlines">
    <organization identifier="worldlines">
      <title>{title}</title>
      <item identifier="exercise" identifierref="page" isvisible="true" parameters="?src={EXERCISE_FILE}">
        <title>{title}</title>
        <adlcp:masteryscore>100</adlcp:masteryscore>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="index.html">
{files}    </resource>
  </resources>
</manifest>
"#
    )
}

/// Returns a path of the package as an address.
fn address(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(
            |byte| {
                if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

/// Returns the folder of the page's files, which its HTML names relative to itself; empty if they stand beside it. None
/// if the HTML is another page's.
#[must_use]
pub fn page_files(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once(FOLDER)?;
    let (folder, _) = rest.split_once('"')?;
    let folder = folder.strip_prefix("./").unwrap_or(folder).trim_end_matches('/');
    // A path that leads out of the page's folder is no folder of a build.
    let inside = folder.split('/').all(|step| !step.is_empty() && !step.starts_with('.'));
    (folder.is_empty() || inside).then_some(folder)
}

/// Returns the page's HTML with the name of the exercise: it is opened even where the learning system does not pass
/// the address's parameters on. Where the exercise has variants, the page asks the learning system for the student's id
/// before it opens the exercise.
///
/// # Errors
/// If the variants of the exercise cannot be read.
pub fn launched(html: &str, exercise: &Scenario) -> Result<String, Problem> {
    let has_variants = !scenario::variants_of(exercise)?.is_empty();
    let student = if has_variants { "data-student=\"\" " } else { "" };
    Ok(html.replacen(FOLDER, &format!("data-src=\"{EXERCISE_FILE}\" {student}{FOLDER}"), 1))
}
