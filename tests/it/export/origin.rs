//! Licence and link of pictures.

use worldlines::{
    export::{LICENCE, SvgOptions, html, mermaid, svg, tikz},
    formats::link,
};

use super::runs;

#[test]
fn every_form_of_a_picture_has_its_licence_and_the_link_to_the_run() {
    for (path, run) in runs() {
        let fragment = link::fragment(&run.scenario, Some(&run.digest()));
        let address = format!("https://host.example/{fragment}");
        let options = SvgOptions { link: Some(address), ..SvgOptions::default() };
        let forms = [
            ("SVG", svg(&run, &options)),
            ("HTML", html(&run, &options)),
            ("TikZ", tikz(&run).expect("a short run")),
            ("Mermaid", mermaid(&run).expect("a short run").text),
        ];
        for (form, text) in forms {
            // In SVG and HTML the `&` of the link is escaped.
            let text = text.replace("&amp;", "&");
            assert!(text.contains(LICENCE), "{path}: {form}");
            let is_long = fragment.len() > link::LONG_LINK;
            assert!(is_long || text.contains(&fragment), "{path}: {form}");
        }
    }
}
