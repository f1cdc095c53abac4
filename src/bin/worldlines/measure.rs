//! `worldlines measure`: a table over group sizes, a parameter or seeds.

use clap::Args;
use worldlines::{
    formats::{catalogue, measure},
    kernel::MAX_NODES,
    runs::measure::Series,
};

use crate::{
    input::{about, decoded},
    usage::whole,
};

/// Arguments of `measure`.
#[derive(Args)]
pub(crate) struct MeasureArgs {
    /// The id of a protocol, whose operation is measured without failures; or a scenario's file or link.
    #[arg(value_name = "PROTOCOL or FILE")]
    source: String,
    /// Dimension that varies, with its values: nodes=2..16, seed=1..100, or a parameter like timeout=10,20,50.
    #[arg(long, value_name = "NAME=VALUES")]
    over: String,
    /// The operation, by its name in the catalogue; the protocol's first if there is none.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Number of nodes, if another dimension varies.
    #[arg(long, value_name = "N", value_parser = nodes, allow_negative_numbers = true)]
    nodes: Option<usize>,
    /// Number of runs for each value, with one seed each.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = seeds, allow_negative_numbers = true)]
    seeds: u64,
    /// As JSON, with the least, the greatest and the sum of each measure.
    #[arg(long)]
    json: bool,
}

impl MeasureArgs {
    /// Returns the table.
    pub(crate) fn execute(self) -> Result<String, String> {
        let series = self.series()?;
        let series = series.finish().map_err(|why| about("", &why.into()))?;
        Ok(match self.json {
            true => format!("{}\n", measure::to_json(&series)),
            false => measure::to_text(&series),
        })
    }

    fn series(&self) -> Result<Series, String> {
        let spelt = |problem: worldlines::formats::Problem| problem.to_string();
        // A path, a link or standard input cannot be meant as an id.
        let is_file = self.source.contains(['/', '\\', '.', '#', '=']) || self.source == "-";
        if !is_file {
            let protocol = catalogue::find("PROTOCOL", &self.source).map_err(spelt)?;
            let over = measure::over("--over", protocol, &self.over).map_err(spelt)?;
            let operation = self.operation.as_deref();
            return measure::operation(protocol, operation, self.nodes, over, self.seeds)
                .map_err(spelt);
        }
        for (flag, given) in
            [("--operation", self.operation.is_some()), ("--nodes", self.nodes.is_some())]
        {
            if given {
                return Err(format!(
                    "{flag}: found a scenario, expected a protocol's id before it"
                ));
            }
        }
        let scenario = decoded(&self.source)?.scenario;
        let protocol = catalogue::find("protocol", &scenario.protocol)
            .map_err(|it| about(&self.source, &it))?;
        let over = measure::over("--over", protocol, &self.over).map_err(spelt)?;
        measure::scenario(protocol, scenario, over, self.seeds).map_err(spelt)
    }
}

fn nodes(text: &str) -> Result<usize, String> {
    let number = whole(text, 1..=MAX_NODES as u64)?;
    usize::try_from(number).map_err(|why| why.to_string())
}

fn seeds(text: &str) -> Result<u64, String> {
    whole(text, 1..=measure::MAX_ROWS)
}
