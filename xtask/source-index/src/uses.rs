//! Modules that a file uses, read from its imports.

use syn::{File, Item, UseTree};

/// Ids of the protocols and names of the abstractions that a file imports from, as paths of indexes.
pub(crate) fn uses(file: &File) -> Vec<String> {
    let mut uses: Vec<String> = Vec::new();
    for path in imports(file) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let used = match path.as_slice() {
            // A neighbour in the family, or else a part of the module, of which there is no index.
            ["super", "super", name, _, ..] | ["super", name, _, ..] => name.replace('_', "-"),
            ["crate", "protocols", _, name, _, ..] => name.replace('_', "-"),
            ["crate", "abstractions", name, _, ..] => format!("abstractions/{name}"),
            _ => continue,
        };
        if !uses.contains(&used) {
            uses.push(used);
        }
    }
    uses
}

/// Names of the files beside the families that a file imports from, such as the slot for a failure detector.
pub(crate) fn wrappers(file: &File) -> Vec<String> {
    let mut wrappers: Vec<String> = Vec::new();
    for path in imports(file) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["crate", "protocols", name, _] = path.as_slice()
            && !wrappers.iter().any(|known| known == name)
        {
            wrappers.push((*name).to_owned());
        }
    }
    wrappers
}

fn imports(file: &File) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for item in &file.items {
        if let Item::Use(import) = item {
            flatten(&import.tree, &mut Vec::new(), &mut paths);
        }
    }
    paths
}

/// Writes a tree of imports out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn flatten(tree: &UseTree, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, paths);
            before.pop();
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| flatten(tree, before, paths));
        }
        UseTree::Name(name) => paths.push([before.clone(), vec![name.ident.to_string()]].concat()),
        UseTree::Rename(name) => {
            paths.push([before.clone(), vec![name.ident.to_string()]].concat());
        }
        UseTree::Glob(_) => paths.push([before.clone(), vec!["*".to_owned()]].concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::{uses, wrappers};

    #[test]
    fn uses_are_the_modules_of_the_imports() {
        let file = "use crate::{abstractions::{Value, broadcast::{Deliver, VALIDITY}}, kernel::Process,\n\
                    protocols::reliable::best_effort_broadcast::{BestEffortBroadcast, Data}};";
        let file = syn::parse_file(file).expect("it is Rust");
        assert_eq!(uses(&file), ["abstractions/broadcast", "best-effort-broadcast"]);
        assert_eq!(wrappers(&file), [""; 0]);
    }

    #[test]
    fn wrappers_are_the_files_beside_the_families() {
        let file = "use crate::protocols::detected::{self, Detected};";
        let file = syn::parse_file(file).expect("it is Rust");
        assert_eq!(wrappers(&file), ["detected"]);
    }
}
