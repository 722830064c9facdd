//! `figures.csv`: the figures, totals and growths of a run, one a row, and the same as Parquet, JSON and SDMX-CSV.

use std::io::{Read, Write};
use std::str::FromStr;

use polars::prelude::*;
use rust_decimal::Decimal;

use super::error::TableError;
use super::frame::{decimal_series, write_frame};
use super::schema::VALUE_SCALE;
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::period::Period;

/// What a figure is a figure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The country.
    Country,
    /// A region.
    Region,
    /// A province.
    Province,
}

impl Level {
    const ALL: [Self; 3] = [Self::Country, Self::Region, Self::Province];

    /// The code as it stands in the table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region => "region",
            Self::Province => "province",
        }
    }
}

/// One row of `figures.csv`; the fields stand in the order of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// Stable: made from what it is a figure of.
    pub id: String,
    /// Country, region or province.
    pub level: Level,
    /// The list of provinces, `63` or `34`.
    pub province_system: String,
    /// Code of the province, of the region, or `VN`.
    pub area: String,
    /// Name in Vietnamese.
    pub area_name: String,
    /// The months that the value is of; a cumulative value stands under the months from January.
    pub period: Period,
    /// Id in the register.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// Which of the numbers; never `cumulative`.
    pub measure: Measure,
    /// For percentages and changes: the measure they are about.
    pub of: Option<Measure>,
    /// Kind of the base of a share or change, or its wording.
    pub base: String,
    /// Reported, estimated or forecast.
    pub status: Status,
    /// In the base unit; rates and percentages that were computed have at most [`COMPUTED_DECIMALS`] decimals.
    pub value: Decimal,
    /// The unit's code.
    pub unit: String,
    /// How exact.
    pub qualifier: Qualifier,
    /// `direct` for what somebody states; else how it was computed: `periods`, `difference`, `same_date`,
    /// `last_value`, `ratio`, `implied`, `carried`, `merged`, `total`, `growth`.
    pub basis: String,
    /// How a stated figure came out of what is stated.
    pub settled: String,
    /// Of a total: how many provinces have a figure in it.
    pub covered: Option<usize>,
    /// Of a total: how many provinces there are.
    pub provinces: Option<usize>,
    /// Of a total: the codes of the provinces without a figure, with their list where it is another (`63:84`).
    pub missing: Vec<String>,
    /// How many of its figures, or whether it, is a plan implied by a percentage.
    pub implied: usize,
    /// How many of its figures, or whether it, counts from the 15th to the 14th.
    pub administrative: usize,
    /// The period under which the value is stated, where that is another.
    pub as_of: Option<Period>,
    /// Of an implied plan: the least value that the written digits allow.
    pub low: Option<Decimal>,
    /// And the greatest.
    pub high: Option<Decimal>,
    /// Of a stated figure: what other figures give for it; of a growth: what the report states.
    pub compared: Option<Decimal>,
    /// Whether both are one.
    pub agrees: Option<bool>,
    /// Whether it rests on a value that needs review.
    pub doubtful: bool,
    /// The least confidence of the observations it rests on.
    pub confidence: Decimal,
    /// Ids of the figures that it was computed from, each after its sign: `+` added, `-` taken away, `*` above and `/`
    /// below the line of a ratio, `=` the same value.
    pub addends: Vec<String>,
    /// Ids of the observations that state it, the source of highest rank first; empty for totals and growths.
    pub sources: Vec<String>,
    /// Ids of the observations that state the same again, or parts of it.
    pub repeated: Vec<String>,
    /// Ids of the observations that state another value.
    pub outranked: Vec<String>,
    /// Where the plan stands, for one that no report states.
    pub plan_source: String,
}

/// Decimals of computed rates and percentages in the files for machines.
pub const COMPUTED_DECIMALS: u32 = 10;

const COLUMNS: &[&str] = &[
    "id",
    "level",
    "province_system",
    "area",
    "area_name",
    "period",
    "indicator",
    "breakdown",
    "measure",
    "of",
    "base",
    "status",
    "value",
    "unit",
    "qualifier",
    "basis",
    "settled",
    "covered",
    "provinces",
    "missing",
    "implied",
    "administrative",
    "as_of",
    "low",
    "high",
    "compared",
    "agrees",
    "doubtful",
    "confidence",
    "addends",
    "sources",
    "repeated",
    "outranked",
    "plan_source",
];

/// The columns whose cells are numbers; in JSON they are written as such.
const NUMBERS: &[&str] =
    &["value", "covered", "provinces", "implied", "administrative", "low", "high", "compared", "confidence"];

/// The columns whose cells are true or false.
const TRUTHS: &[&str] = &["agrees", "doubtful"];

/// The columns whose cells are lists, joined by a space.
const LISTS: &[&str] = &["missing", "addends", "sources", "repeated", "outranked"];

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn number(value: Option<Decimal>) -> String {
    text(value.map(|v| v.normalize()))
}

fn cells(row: &FigureRow) -> Vec<String> {
    let r = row;
    vec![
        r.id.clone(),
        r.level.code().to_owned(),
        r.province_system.clone(),
        r.area.clone(),
        r.area_name.clone(),
        r.period.to_string(),
        r.indicator.clone(),
        r.breakdown.to_string(),
        r.measure.code().to_owned(),
        text(r.of.map(Measure::code)),
        r.base.clone(),
        r.status.code().to_owned(),
        number(Some(r.value)),
        r.unit.clone(),
        r.qualifier.code().to_owned(),
        r.basis.clone(),
        r.settled.clone(),
        text(r.covered),
        text(r.provinces),
        r.missing.join(" "),
        r.implied.to_string(),
        r.administrative.to_string(),
        text(r.as_of),
        number(r.low),
        number(r.high),
        number(r.compared),
        text(r.agrees),
        r.doubtful.to_string(),
        number(Some(r.confidence)),
        r.addends.join(" "),
        r.sources.join(" "),
        r.repeated.join(" "),
        r.outranked.join(" "),
        r.plan_source.clone(),
    ]
}

/// Writes `figures.csv`, in the given order, decimals with a dot and without trailing zeros.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_figures_csv(writer: impl Write, rows: &[FigureRow]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(COLUMNS)?;
    for row in rows {
        csv.write_record(cells(row))?;
    }
    csv.flush()?;
    Ok(())
}

/// The cells of one row on the way back.
struct Reading<'a> {
    record: &'a csv::StringRecord,
    row: usize,
}

impl Reading<'_> {
    fn bad(&self, column: &'static str, message: String) -> TableError {
        TableError::BadCell { row: self.row, column, message }
    }

    fn text(&self, column: &'static str) -> Result<&str, TableError> {
        let at = COLUMNS.iter().position(|name| *name == column);
        let cell = at.and_then(|at| self.record.get(at));
        cell.ok_or_else(|| self.bad(column, "the cell is missing".to_owned()))
    }

    fn owned(&self, column: &'static str) -> Result<String, TableError> {
        self.text(column).map(str::to_owned)
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, column: &'static str) -> Result<T, TableError> {
        let text = self.text(column)?;
        text.parse().map_err(|error| self.bad(column, format!("`{text}`: {error}")))
    }

    fn optional<T: FromStr<Err: std::fmt::Display>>(&self, column: &'static str) -> Result<Option<T>, TableError> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.parsed(column).map(Some) }
    }

    fn list(&self, column: &'static str) -> Result<Vec<String>, TableError> {
        Ok(self.text(column)?.split_whitespace().map(str::to_owned).collect())
    }

    fn figure(&self) -> Result<FigureRow, TableError> {
        let level = self.text("level")?;
        let level = Level::ALL.into_iter().find(|l| l.code() == level).ok_or_else(|| {
            self.bad("level", format!("`{level}`: valid: {}", Level::ALL.map(Level::code).join(", ")))
        })?;
        Ok(FigureRow {
            id: self.owned("id")?,
            level,
            province_system: self.owned("province_system")?,
            area: self.owned("area")?,
            area_name: self.owned("area_name")?,
            period: self.parsed("period")?,
            indicator: self.owned("indicator")?,
            breakdown: self.parsed("breakdown")?,
            measure: self.parsed("measure")?,
            of: self.optional("of")?,
            base: self.owned("base")?,
            status: self.parsed("status")?,
            value: self.parsed("value")?,
            unit: self.owned("unit")?,
            qualifier: self.parsed("qualifier")?,
            basis: self.owned("basis")?,
            settled: self.owned("settled")?,
            covered: self.optional("covered")?,
            provinces: self.optional("provinces")?,
            missing: self.list("missing")?,
            implied: self.parsed("implied")?,
            administrative: self.parsed("administrative")?,
            as_of: self.optional("as_of")?,
            low: self.optional("low")?,
            high: self.optional("high")?,
            compared: self.optional("compared")?,
            agrees: self.optional("agrees")?,
            doubtful: self.parsed("doubtful")?,
            confidence: self.parsed("confidence")?,
            addends: self.list("addends")?,
            sources: self.list("sources")?,
            repeated: self.list("repeated")?,
            outranked: self.list("outranked")?,
            plan_source: self.owned("plan_source")?,
        })
    }
}

/// Reads what [`write_figures_csv`] wrote, in the order of the file.
///
/// # Errors
/// When the header is another one, or a cell does not hold what its column declares; row and column are named.
pub fn read_figures_csv(reader: impl Read) -> Result<Vec<FigureRow>, TableError> {
    let mut csv = csv::Reader::from_reader(reader);
    let header = csv.headers()?.clone();
    if header.iter().map(|name| name.trim_start_matches('\u{feff}')).ne(COLUMNS.iter().copied()) {
        let found = header.iter().collect::<Vec<_>>().join(",");
        return Err(TableError::BadHeader { found, expected: COLUMNS.join(",") });
    }
    let mut rows = Vec::new();
    for (at, record) in csv.records().enumerate() {
        rows.push(Reading { record: &record?, row: at + 1 }.figure()?);
    }
    Ok(rows)
}

/// A text as a JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes the figures as JSON: an array of objects with the columns of `figures.csv` as keys, one object a line. Numbers
/// are written with all their digits; what is not there is `null`, lists are arrays.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_figures_json(mut writer: impl Write, rows: &[FigureRow]) -> Result<(), TableError> {
    writer.write_all(b"[")?;
    for (at, row) in rows.iter().enumerate() {
        writer.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        let fields: Vec<String> = COLUMNS
            .iter()
            .zip(cells(row))
            .map(|(name, cell)| {
                let value = if LISTS.contains(name) {
                    format!("[{}]", cell.split_whitespace().map(quoted).collect::<Vec<_>>().join(","))
                } else if cell.is_empty() && *name != "breakdown" {
                    "null".to_owned()
                } else if NUMBERS.contains(name) || TRUTHS.contains(name) {
                    cell
                } else {
                    quoted(&cell)
                };
                format!("\"{name}\":{value}")
            })
            .collect();
        writer.write_all(format!("{{{}}}", fields.join(",")).as_bytes())?;
    }
    writer.write_all(b"\n]\n")?;
    Ok(())
}

/// Writes figures as Parquet, in the given order: the columns of `figures.csv`, values as exact decimals. The column
/// `period` is named `time_period`, since a folder of a partitioned data set is named after it.
///
/// # Errors
/// When a value has more decimals than its column holds, or the bytes cannot be written.
pub fn write_figures_parquet(writer: impl Write, rows: &[FigureRow]) -> Result<(), TableError> {
    let all: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for (at, name) in COLUMNS.iter().enumerate() {
        let texts = || all.iter().map(|cells| cells.get(at).map(String::as_str).unwrap_or_default());
        let title = if *name == "period" { "time_period" } else { name };
        let series = if matches!(*name, "value" | "low" | "high" | "compared" | "confidence") {
            let values: Vec<Option<Decimal>> = texts().map(|t| Decimal::from_str_exact(t).ok()).collect();
            if let Some((row, value)) =
                rows.iter().zip(&values).find(|(_, v)| v.is_some_and(|v| v.scale() > VALUE_SCALE))
            {
                let value = value.map(|v| v.to_string()).unwrap_or_default();
                return Err(TableError::DoesNotFit { id: row.id.clone(), column: name, value });
            }
            decimal_series(title, values.into_iter(), VALUE_SCALE).map_err(TableError::frame("a column of figures"))?
        } else if matches!(*name, "covered" | "provinces" | "implied" | "administrative") {
            Series::new(title.into(), texts().map(|t| t.parse::<u64>().ok()).collect::<Vec<Option<u64>>>())
        } else if TRUTHS.contains(name) {
            Series::new(title.into(), texts().map(|t| t.parse::<bool>().ok()).collect::<Vec<Option<bool>>>())
        } else {
            Series::new(title.into(), texts().collect::<Vec<&str>>())
        };
        columns.push(series.into_column());
    }
    let mut frame = DataFrame::new(rows.len(), columns).map_err(TableError::frame("the frame of the figures"))?;
    write_frame(writer, &mut frame)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A stated figure with this id and value.
    pub(crate) fn figure(id: &str, value: &str) -> FigureRow {
        FigureRow {
            id: id.to_owned(),
            level: Level::Province,
            province_system: "63".to_owned(),
            area: "84".to_owned(),
            area_name: "Trà Vinh".to_owned(),
            period: "2024-M05".parse().unwrap(),
            indicator: "employment.jobs_created".to_owned(),
            breakdown: Breakdown::total(),
            measure: Measure::Actual,
            of: None,
            base: String::new(),
            status: Status::Reported,
            value: Decimal::from_str_exact(value).unwrap(),
            unit: "person".to_owned(),
            qualifier: Qualifier::Exact,
            basis: "direct".to_owned(),
            settled: "stated".to_owned(),
            covered: None,
            provinces: None,
            missing: Vec::new(),
            implied: 0,
            administrative: 0,
            as_of: None,
            low: None,
            high: None,
            compared: None,
            agrees: None,
            doubtful: false,
            confidence: Decimal::new(97, 2),
            addends: Vec::new(),
            sources: vec!["o1".to_owned()],
            repeated: Vec::new(),
            outranked: Vec::new(),
            plan_source: String::new(),
        }
    }

    fn full() -> FigureRow {
        FigureRow {
            level: Level::Country,
            covered: Some(62),
            provinces: Some(63),
            missing: vec!["84".to_owned()],
            as_of: "2024-Q1".parse().ok(),
            low: Some(Decimal::new(9995, 1)),
            high: Some(Decimal::new(10005, 1)),
            compared: Some(Decimal::ONE),
            agrees: Some(false),
            addends: vec!["+a".to_owned(), "-b".to_owned()],
            area_name: "Cả \"nước\",\nchung".to_owned(),
            ..figure("t", "12.50")
        }
    }

    #[test]
    fn the_way_there_and_back_is_exact() {
        let rows = [figure("a", "0.000000000000000001"), full()];
        let mut bytes = Vec::new();
        write_figures_csv(&mut bytes, &rows).unwrap();
        assert_eq!(read_figures_csv(bytes.as_slice()).unwrap(), rows);
    }

    #[test]
    fn a_bad_cell_is_named_by_row_and_column() {
        let mut bytes = Vec::new();
        write_figures_csv(&mut bytes, &[figure("a", "1")]).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace(",province,", ",provinces,");
        let error = read_figures_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("row 1, column `level`: `provinces`: valid: country, region, province"), "{error}");
    }

    #[test]
    fn json_keeps_every_digit() {
        let mut bytes = Vec::new();
        write_figures_json(&mut bytes, &[full()]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for part in [
            "\"value\":12.5,",
            "\"covered\":62,",
            "\"agrees\":false,",
            "\"addends\":[\"+a\",\"-b\"]",
            "\"base\":null",
            "\"area_name\":\"Cả \\\"nước\\\",\\nchung\"",
        ] {
            assert!(text.contains(part), "«{part}» is not in {text}");
        }
    }

    #[test]
    fn parquet_bytes_are_the_same_each_time() {
        let rows: Vec<FigureRow> = (0..300).map(|n| figure(&format!("f{n}"), &n.to_string())).collect();
        let bytes = || {
            let mut bytes = Vec::new();
            write_figures_parquet(&mut bytes, &rows).unwrap();
            bytes
        };
        assert!(bytes() == bytes() && bytes().starts_with(b"PAR1"));
        assert!(write_figures_parquet(Vec::new(), &[figure("a", "0.0000000000000000001")]).is_err());
    }
}
