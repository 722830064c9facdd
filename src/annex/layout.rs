//! Layouts: what an annex sheet shows and where, as data, checked when it is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::formula::Expression;
use super::labels::Labels;
use super::list::{Column, List};
use super::node::Node;
use super::source::{Checked, parse};
use super::theme::Theme;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::Register;
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::period::{Period, PeriodKind};

/// The layouts of the sheets, in the order of their file names, with the words and the look they share.
#[derive(Debug, Clone)]
pub struct Layouts {
    pub(super) layouts: Vec<Layout>,
    pub(super) labels: Labels,
    pub(super) theme: Theme,
}

/// What a layout makes a sheet for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ForEach {
    /// Each province that has a figure.
    Provinces,
    /// Each field of work that has one.
    Fields,
    /// Each indicator that has one, all or those listed.
    Indicators,
    /// Each region that has one.
    Regions,
}

/// One sheet, or one for each of something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layout {
    /// Name of its file, without folder and ending.
    #[serde(skip)]
    pub(super) file: String,
    /// A list; without it the sheet is a grid of rows and columns.
    pub(super) list: Option<List>,
    /// A sheet for each of something; without it there is one.
    pub(super) for_each: Option<ForEach>,
    /// With `for_each = "indicators"`: only these.
    #[serde(default)]
    pub(super) indicators: Vec<Spanned<String>>,
    /// Kinds of period that the sheet is made for; all, where none is listed.
    #[serde(default)]
    pub(super) periods: Vec<PeriodChoice>,
    /// The sheet is made only where so many provinces have figures for it.
    #[serde(default)]
    pub(super) least_provinces: usize,
    /// Name of the sheet; `{field}` is the short name of the field of work.
    pub(super) sheet_name: Spanned<String>,
    corner: Option<Corner>,
    form_code: Option<Spanned<String>>,
    heading: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    period_line: Option<Spanned<String>>,
    attached: Option<Spanned<String>>,
    left_line: Option<Spanned<String>>,
    right_line: Option<Spanned<String>>,
    #[serde(default)]
    notes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) orientation: Orientation,
    /// Columns that stay in sight when the sheet is scrolled.
    #[serde(default)]
    pub(super) freeze_columns: u16,
    /// The most columns of figures on one sheet; more make further sheets.
    pub(super) columns_per_sheet: Option<usize>,
    /// Names of regions in the order wanted; others follow in their own.
    #[serde(default)]
    pub(super) region_order: Vec<Spanned<String>>,
    /// Short names of fields of work and of indicators, for sheet names.
    #[serde(default)]
    pub(super) short_names: BTreeMap<Spanned<String>, String>,
    /// The rows of a grid.
    #[serde(default, rename = "row")]
    pub(super) rows: Vec<Node>,
    /// The columns of a grid.
    #[serde(default, rename = "column")]
    pub(super) columns: Vec<Node>,
    /// Of a list: how many rows it shows.
    pub(super) most: Option<Most>,
    /// The columns of a list.
    #[serde(default, rename = "list_column")]
    pub(super) list_columns: Vec<Column>,
    #[serde(default, rename = "chart")]
    pub(super) charts: Vec<Chart>,
    pub(super) signature: Option<Signature>,
}

/// A kind of period, as a layout chooses by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PeriodChoice {
    Month,
    Quarter,
    HalfYear,
    FirstMonths,
    Year,
}

impl PeriodChoice {
    pub(super) fn is_of(self, period: Period) -> bool {
        let kind = match period.kind {
            PeriodKind::Month(_) => Self::Month,
            PeriodKind::Quarter(_) => Self::Quarter,
            PeriodKind::Half(_) => Self::HalfYear,
            PeriodKind::FirstMonths(_) => Self::FirstMonths,
            PeriodKind::Year | PeriodKind::Years(_) => Self::Year,
        };
        self == kind
    }
}

/// The two blocks at the head of a statistical form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Corner {
    /// Code of the form, what prescribes it, when it is due.
    left: Vec<Spanned<String>>,
    /// Who reports, and to whom.
    right: Vec<Spanned<String>>,
}

/// A chart below the table. Its points are the cells that are charted by their row as well as by their column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chart {
    pub(super) title: Spanned<String>,
    #[serde(default)]
    pub(super) kind: ChartKind,
    /// What a series is: a charted row, or a charted column.
    #[serde(default)]
    pub(super) series: ChartSeries,
    /// In rows of the sheet.
    #[serde(default = "chart_height")]
    pub(super) height: u32,
}

fn chart_height() -> u32 {
    16
}

/// The shape of a chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChartKind {
    #[default]
    Line,
    Column,
    Bar,
    StackedColumn,
}

/// What the series of a chart are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChartSeries {
    #[default]
    Rows,
    Columns,
}

/// Which way the paper lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Orientation {
    /// The long side below.
    #[default]
    Landscape,
    /// The short side below.
    Portrait,
}

/// The block below the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    pub(super) place_date: Spanned<String>,
    #[serde(rename = "block")]
    pub(super) blocks: Vec<SignatureBlock>,
}

/// Who signs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureBlock {
    pub(super) title: String,
    pub(super) hint: String,
}

/// How many rows of a list are shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Most {
    pub(super) rows: usize,
    /// Says below a longer list that `{left}` rows more are not shown, and where they are found.
    pub(super) note: Spanned<String>,
}

/// The lines above and below a table, with their placeholders still in them.
pub(super) struct Lines<'a> {
    pub(super) corner: Option<(Vec<&'a str>, Vec<&'a str>)>,
    pub(super) form_code: &'a str,
    pub(super) heading: &'a str,
    pub(super) title: &'a str,
    pub(super) period: &'a str,
    pub(super) attached: &'a str,
    pub(super) left: &'a str,
    pub(super) right: &'a str,
    pub(super) notes: Vec<&'a str>,
}

impl Layout {
    pub(super) fn lines(&self) -> Lines<'_> {
        fn text(line: Option<&Spanned<String>>) -> &str {
            line.map_or("", |line| line.get_ref().as_str())
        }
        fn list(lines: &[Spanned<String>]) -> Vec<&str> {
            lines.iter().map(|line| line.get_ref().as_str()).collect()
        }
        Lines {
            corner: self.corner.as_ref().map(|corner| (list(&corner.left), list(&corner.right))),
            form_code: text(self.form_code.as_ref()),
            heading: text(self.heading.as_ref()),
            title: text(self.title.as_ref()),
            period: text(self.period_line.as_ref()),
            attached: text(self.attached.as_ref()),
            left: text(self.left_line.as_ref()),
            right: text(self.right_line.as_ref()),
            notes: list(&self.notes),
        }
    }

    /// The short name of a field of work or an indicator, where the layout gives one.
    pub(super) fn short_name(&self, id: &str) -> Option<&str> {
        self.short_names.iter().find(|(known, _)| known.get_ref() == id).map(|(_, name)| name.as_str())
    }

    /// Whether the sheet is made for this kind of period.
    pub(super) fn is_for(&self, period: Period) -> bool {
        self.periods.is_empty() || self.periods.iter().any(|choice| choice.is_of(period))
    }

    /// The placeholders that the lines of the sheet can use.
    fn placeholders(&self) -> Vec<&'static str> {
        let mut valid = vec!["number", "period", "PERIOD", "Period", "year", "reported", "provinces", "unit"];
        valid.extend::<&[&str]>(match self.for_each {
            Some(ForEach::Provinces) => &["province", "PROVINCE"],
            Some(ForEach::Fields) => &["field", "FIELD"],
            Some(ForEach::Indicators) => &["indicator", "INDICATOR", "field", "FIELD"],
            Some(ForEach::Regions) => &["region", "REGION"],
            None => &[],
        });
        valid
    }

    fn check(&self, checked: &mut Checked<'_>, register: &Register, geography: &Geography) {
        let valid = self.placeholders();
        let lines = [
            &self.form_code,
            &self.heading,
            &self.title,
            &self.period_line,
            &self.attached,
            &self.left_line,
            &self.right_line,
        ];
        let corner = self.corner.iter().flat_map(|corner| corner.left.iter().chain(&corner.right));
        let charts = self.charts.iter().map(|chart| &chart.title);
        for line in lines.into_iter().flatten().chain(&self.notes).chain([&self.sheet_name]).chain(corner).chain(charts)
        {
            checked.placeholders(line, &valid);
        }
        if let Some(signature) = &self.signature {
            checked.placeholders(&signature.place_date, &valid);
        }
        if let Some(most) = &self.most {
            checked.placeholders(&most.note, &[valid.as_slice(), &["left"]].concat());
        }
        self.check_names(checked, register, geography);
        if let Some(list) = self.list {
            self.check_list(checked, list);
            return;
        }
        if self.rows.is_empty() || self.columns.is_empty() {
            let message = "a grid needs [[row]] and [[column]]; a list needs `list`".to_owned();
            checked.fault(&self.sheet_name, message);
        }
        let rows: Vec<&Node> = self.rows.iter().flat_map(Node::all).collect();
        let columns: Vec<&Node> = self.columns.iter().flat_map(Node::all).collect();
        fn ids<'n>(nodes: &[&'n Node]) -> Vec<&'n str> {
            nodes.iter().filter_map(|node| node.id.as_ref()).map(|id| id.get_ref().as_str()).collect()
        }
        for node in &self.rows {
            node.check(checked, register, &valid, &ids(&rows));
        }
        for node in &self.columns {
            node.check(checked, register, &valid, &ids(&columns));
        }
        check_circles(checked, &rows);
        check_circles(checked, &columns);
        for node in columns.iter().filter(|node| node.nodes.is_empty()) {
            let width = node.width.unwrap_or(10.0);
            if !(1.0..=255.0).contains(&width) {
                checked.fault(&self.sheet_name, format!("a column needs a width from 1 to 255, not {width}"));
            }
        }
        for chart in &self.charts {
            if !rows.iter().any(|node| node.charted) || !columns.iter().any(|node| node.charted) {
                let message = "a chart needs a row and a column with `charted = true`".to_owned();
                checked.fault(&chart.title, message);
            }
        }
    }

    fn check_names(&self, checked: &mut Checked<'_>, register: &Register, geography: &Geography) {
        let mut fields: Vec<&str> = register.indicators().iter().map(|i| i.domain()).collect();
        fields.dedup();
        for field in self.short_names.keys() {
            let known = fields.contains(&field.get_ref().as_str()) || register.get(field.get_ref()).is_some();
            if !known {
                let message =
                    format!("`{}`: unknown field of work or indicator; fields: {}", field.get_ref(), fields.join(", "));
                checked.fault(field, message);
            }
        }
        for id in &self.indicators {
            if register.get(id.get_ref()).is_none() {
                let nearest = register.nearest(id.get_ref()).join(", ");
                checked.fault(id, format!("`{}`: unknown indicator; nearest: {nearest}", id.get_ref()));
            }
        }
        let systems = [ProvinceSystem::P63, ProvinceSystem::P34];
        let mut regions: Vec<&str> =
            systems.into_iter().flat_map(|system| geography.regions(system)).map(|r| r.name.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        let named = self.rows.iter().chain(&self.columns).flat_map(Node::all).filter_map(|node| node.region.as_ref());
        for region in self.region_order.iter().chain(named) {
            if !regions.contains(&region.get_ref().as_str()) {
                let message = format!("`{}`: unknown region; valid: {}", region.get_ref(), regions.join(", "));
                checked.fault(region, message);
            }
        }
    }

    fn check_list(&self, checked: &mut Checked<'_>, list: List) {
        let columns = list.columns();
        if self.list_columns.is_empty() || !self.rows.is_empty() || !self.columns.is_empty() {
            let message = "a list has [[list_column]], and neither [[row]] nor [[column]]".to_owned();
            checked.fault(&self.sheet_name, message);
        }
        for column in &self.list_columns {
            if !columns.iter().any(|(value, _)| value == column.value.get_ref()) {
                let names = columns.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
                checked.fault(&column.value, format!("such rows cannot fill this column; valid: {names}"));
            }
            if column.header.is_empty() || !(1.0..=255.0).contains(&column.width) {
                checked.fault(&column.value, "a column needs a header and a width from 1 to 255".to_owned());
            }
        }
    }
}

/// Notes the formulas that lead back to themselves.
fn check_circles(checked: &mut Checked<'_>, nodes: &[&Node]) {
    let speaks_of = |id: &str| -> Vec<String> {
        let bears = |node: &&&Node| node.id.as_ref().is_some_and(|own| own.get_ref() == id);
        let formulas = nodes.iter().filter(bears).filter_map(|node| node.formula.as_ref());
        let read = formulas.filter_map(|text| Expression::parse(text.get_ref()).ok());
        read.flat_map(|formula| formula.ids().into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    for node in nodes {
        let (Some(own), Some(formula)) = (&node.id, &node.formula) else { continue };
        let (mut seen, mut open) = (Vec::new(), speaks_of(own.get_ref()));
        while let Some(id) = open.pop() {
            if id == *own.get_ref() {
                checked.fault(formula, format!("`[{id}]`: the formula leads back to itself"));
                break;
            }
            if !seen.contains(&id) {
                open.extend(speaks_of(&id));
                seen.push(id);
            }
        }
    }
}

impl Layouts {
    /// The names of the layouts that give sheets of figures: those of their files, in order.
    pub fn names(&self) -> Vec<&str> {
        self.layouts.iter().filter(|layout| layout.list.is_none()).map(|layout| layout.file.as_str()).collect()
    }

    /// Names of the units that values have, by their codes.
    pub fn base_units(&self) -> BTreeMap<String, String> {
        self.labels.base_units().iter().map(|(code, name)| (code.clone(), name.clone())).collect()
    }

    /// Reads the layouts (`annex/*.toml`), their words (`annex/labels.toml`) and the look (`theme.toml`).
    ///
    /// # Errors
    /// Every fault found, with file, line and the valid choices.
    pub fn load(templates: &Templates, register: &Register) -> Result<Self, TemplateErrors> {
        let geography = Geography::load(templates)?;
        let mut faults = Vec::new();
        let mut layouts = Vec::new();
        for file in templates.names("annex/") {
            if file == super::labels::LABELS_FILE || !file.ends_with(".toml") {
                continue;
            }
            let text = templates.read(&file)?;
            match Layout::read(&file, &text, register, &geography) {
                Err(TemplateErrors(found)) => faults.extend(found),
                Ok(layout) => layouts.push(layout),
            }
        }
        let (labels, theme) = (Labels::load(templates), Theme::load(templates));
        match (labels, theme, faults.is_empty()) {
            (Ok(labels), Ok(theme), true) => Ok(Self { layouts, labels, theme }),
            (labels, theme, _) => {
                faults.extend(labels.err().into_iter().chain(theme.err()).flat_map(|TemplateErrors(found)| found));
                Err(TemplateErrors(faults))
            }
        }
    }
}

impl Layout {
    fn read(file: &str, text: &str, register: &Register, geography: &Geography) -> Result<Self, TemplateErrors> {
        let mut layout: Self = parse(file, text)?;
        let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
        layout.file = stem.trim_end_matches(".toml").to_owned();
        let mut checked = Checked { file, text, faults: Vec::new() };
        layout.check(&mut checked, register, geography);
        if !checked.faults.is_empty() {
            return Err(TemplateErrors(checked.faults));
        }
        layout.rows.iter_mut().chain(&mut layout.columns).for_each(Node::settle);
        Ok(layout)
    }
}

impl Layouts {
    /// The same without the sheet of sources: no figure leads anywhere then.
    #[must_use]
    pub fn without_sources(mut self) -> Self {
        self.layouts.retain(|layout| layout.list != Some(List::Sources));
        self
    }

    /// A period in words.
    pub fn period_words(&self, period: Period) -> String {
        self.labels.period(period)
    }

    /// These layouts' words and look with other sheets: those of the files given, each by its name and its text. The
    /// sheet of sources stays, unless they have one, so that their figures can lead to it.
    ///
    /// # Errors
    /// Every fault found, with file, line and the valid choices.
    pub fn with_sheets(
        &self,
        files: &[(String, String)],
        register: &Register,
        geography: &Geography,
    ) -> Result<Self, TemplateErrors> {
        let (mut layouts, mut faults) = (Vec::new(), Vec::new());
        for (file, text) in files {
            match Layout::read(file, text, register, geography) {
                Ok(layout) => layouts.push(layout),
                Err(TemplateErrors(found)) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(TemplateErrors(faults));
        }
        let sources = |layout: &&Layout| layout.list == Some(List::Sources);
        if layouts.iter().all(|layout| !sources(&layout)) {
            layouts.extend(self.layouts.iter().find(sources).cloned());
        }
        Ok(Self { layouts, labels: self.labels.clone(), theme: self.theme.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("annex")).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let templates = Templates::with_overlay(folder.path()).unwrap();
        let register = Register::load(&templates).unwrap();
        Layouts::load(&templates, &register).err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_mistake_is_told_with_line_and_choices() {
        let text = "list = \"reports\"\nsheet_name = \"A\"\ntitle = \"{provnce}\"\n\n[[list_column]]\nvalue = \"quote\"\nheader = [\"A\"]\nwidth = 9\n";
        let message = faults("annex/70-mine.toml", text);
        assert!(
            message.contains("annex/70-mine.toml:3: `{provnce}`: unknown placeholder; valid here: {number}"),
            "{message}"
        );
        assert!(
            message
                .contains("annex/70-mine.toml:6: such rows cannot fill this column; valid: number, province, status"),
            "{message}"
        );
        let message = faults("annex/70-mine.toml", "list = \"reprots\"\n");
        assert!(
            message.starts_with("annex/70-mine.toml:1: unknown variant `reprots`, expected one of `sources`"),
            "{message}"
        );
        let message = faults("theme.toml", "font = \"Times New Roman\"\nfnt = 1\n");
        assert!(message.starts_with("theme.toml:2: unknown field `fnt`"), "{message}");
    }

    #[test]
    fn a_short_name_needs_a_field_of_work() {
        let built_in = Templates::built_in().read("annex/20-domain.toml").unwrap();
        let message = faults("annex/20-domain.toml", &built_in.replace("employment =", "employmnt ="));
        let told = "`employmnt`: unknown field of work or indicator; fields: employment, insurance";
        assert!(message.contains(told), "{message}");
    }

    /// The faults of a grid with one row and these lines of its one column.
    fn column_faults(lines: &str) -> String {
        let text = format!(
            "sheet_name = \"A\"\n\n[[row]]\nplace = \"country\"\nlabel = \"A\"\n\n[[column]]\nheader = \"B\"\n{lines}\n"
        );
        faults("annex/70-mine.toml", &text)
    }

    #[test]
    fn a_mistake_in_a_tree_is_told_with_line_and_choices() {
        for (lines, told) in [
            ("indicator = \"employment.jobs_creatd\"", "annex/70-mine.toml:9: `employment.jobs_creatd`: unknown"),
            ("measure = \"planned\"", "annex/70-mine.toml:9: `planned`: unknown measure; valid: actual, cumulative"),
            ("breakdown = \"female\"", "annex/70-mine.toml:9: `female`: not a breakdown"),
            ("region = \"Nam\"", "annex/70-mine.toml:9: `Nam`: unknown region; valid:"),
            ("dimensions = [\"sx\"]", "annex/70-mine.toml:9: `sx`: unknown dimension; valid: age, channel"),
            ("fields = [\"x\"]", "annex/70-mine.toml:9: `x`: unknown field of work; valid: employment"),
            ("formula = \"[a] + 1\"", "annex/70-mine.toml:9: `[a]`: no row or column has this id; valid: "),
            ("formula = \"1 +\"", "annex/70-mine.toml:9: the end is not expected here"),
            ("id = \"a\"\nformula = \"[a] + 1\"", "annex/70-mine.toml:10: `[a]`: the formula leads back to itself"),
            ("each = \"monts\"", "annex/70-mine.toml:9: unknown variant `monts`, expected one of `fields`"),
        ] {
            let message = column_faults(lines);
            assert!(message.contains(told), "{lines}: {message}");
        }
        assert_eq!(column_faults("measure = \"plan_ratio\""), "");
    }
}
