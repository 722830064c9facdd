//! Commands and flags; their help is the manual.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::batch::{ExportFormat, ExportSplit, Split};
use crate::consolidate::Boundaries;
use crate::input::Limits;
use crate::message::Lang;
use crate::period::Period;

/// Reads the reports of provincial labour departments and writes the consolidated Excel annexes.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    after_help = "\
Exit status:
  0  done, nothing needs a person
  1  done, but a file could not be read, a province or period could not be told,
     or there is a contradiction: see findings.csv
  2  could not be done: the message says why"
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Folder of the office's own templates, laid over the built-in ones file by file
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) templates: Option<PathBuf>,

    /// Language of messages and written files [default: that of the locale; files in Vietnamese]
    #[arg(long, value_name = "LANG", global = true)]
    pub(super) lang: Option<LangArg>,
}

/// A language as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    /// Vietnamese
    Vi,
    /// English
    En,
}

impl From<LangArg> for Lang {
    fn from(arg: LangArg) -> Self {
        match arg {
            LangArg::Vi => Self::Vi,
            LangArg::En => Self::En,
        }
    }
}

/// A way to divide workbooks as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SplitArg {
    /// One workbook for each period: phu-luc-2024-M05.xlsx
    Period,
    /// One for each province: phu-luc-2024-M05-36-nam-dinh.xlsx
    Province,
    /// One for each layout: phu-luc-2024-M05-20-domain.xlsx
    Layout,
}

impl From<SplitArg> for Split {
    fn from(arg: SplitArg) -> Self {
        match arg {
            SplitArg::Period => Self::Period,
            SplitArg::Province => Self::Province,
            SplitArg::Layout => Self::Layout,
        }
    }
}

/// A choice of boundaries as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BoundariesArg {
    /// Those of the list in force in each period
    Reported,
    /// The 34 provinces since July 2025, for the whole series
    #[value(name = "34")]
    New,
}

impl From<BoundariesArg> for Boundaries {
    fn from(arg: BoundariesArg) -> Self {
        match arg {
            BoundariesArg::Reported => Self::AsReported,
            BoundariesArg::New => Self::New,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read reports and write the tables and the annex workbooks
    Run(RunArgs),
    /// Make the workbook of a period again from the tables of a run, without reading the reports
    Annex(AnnexArgs),
    /// Fill an existing form of a ministry or office with the figures of a run
    Fill(FillArgs),
    /// Write the figures of a run for other programs: CSV, JSON, Parquet, SDMX-CSV
    Export(ExportArgs),
    /// List every figure that changed between two runs, and why
    Compare(CompareArgs),
    /// Write review.xlsx: doubtful values, contradictions and numbers not understood, with cells to fill in
    Review(ReviewArgs),
    /// Write evidence.html: each report with its numbers marked, and each figure with its sources, in one page
    Evidence(EvidenceArgs),
    /// Tell what became of each number of a report, and why
    Explain {
        /// The report, and the line of its extracted text, or the cell of a workbook, to look at
        #[arg(value_name = "FILE[:LINE|:CELL]")]
        place: String,
    },
    /// Read the files that the calling program hands over
    #[command(hide = true, name = crate::batch::WORKER_COMMAND)]
    ReadWorker,
    /// Write out or check the templates
    #[command(subcommand)]
    Templates(TemplatesCommand),
    /// Look at the dictionary, and run its examples
    #[command(subcommand)]
    Dictionary(DictionaryCommand),
}

/// Read reports and write the tables and the annex workbooks.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
OUT receives observations.csv and .parquet, figures.csv, ledger.csv, reports.csv, reporting.csv,
completeness.csv, mentions.csv, findings.csv, validation.json, text/, one phu-luc-PERIOD.xlsx for
each period, and run.json. All of it appears at once, or nothing does.

Two files among the reports speak of the others:
  plans.csv        province,year,indicator,value      yearly plans
  report-list.csv  file,province,period               facts of single reports, over what they say

Examples:
  tonghop run reports --out out
  tonghop run reports --out out --period 2024-Q2
  tonghop run reports --out out --questions letters
  tonghop run reports --out out --corrections review.xlsx
  tonghop run a.txt b.txt --out out --assume-province 36 --assume-period 2024-M05")]
pub(super) struct RunArgs {
    /// Files and folders of reports; folders are read with all that is in them
    #[arg(value_name = "REPORTS", required = true)]
    pub(super) reports: Vec<PathBuf>,

    /// Folder that the outputs are written to
    #[arg(long, value_name = "OUT")]
    pub(super) out: PathBuf,

    /// Write the workbook of this period, such as 2024-M05, 2024-Q2, 2024-S1, 2024-01-01/P9M or 2024; may be
    /// repeated [default: every period met]
    #[arg(long = "period", value_name = "PERIOD")]
    pub(super) periods: Vec<Period>,

    /// Period of reports that do not say theirs
    #[arg(long, value_name = "PERIOD")]
    pub(super) assume_period: Option<Period>,

    /// Province of reports that do not say theirs: code or name
    #[arg(long, value_name = "PROVINCE")]
    pub(super) assume_province: Option<String>,

    /// Yearly plans, beside those in plans.csv among the reports
    #[arg(long, value_name = "FILE")]
    pub(super) plans: Option<PathBuf>,

    /// How the sheets of a period are divided among workbooks
    #[arg(long, value_name = "BY", default_value = "period")]
    pub(super) split: SplitArg,

    /// On which boundaries figures of the time before July 2025 are shown
    #[arg(long, value_name = "LIST", default_value = "reported")]
    pub(super) boundaries: BoundariesArg,

    /// A review workbook filled in by a person; may be repeated
    #[arg(long = "corrections", value_name = "FILE")]
    pub(super) corrections: Vec<PathBuf>,

    /// Folder that a letter to each province is written to that a person must ask something: it quotes the sentences
    #[arg(long, value_name = "DIR")]
    pub(super) questions: Option<PathBuf>,

    /// Reports to read at once [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,

    #[command(flatten)]
    pub(super) limits: LimitArgs,

    /// Print errors only
    #[arg(long, short)]
    pub(super) quiet: bool,

    /// Warnings too give exit status 1
    #[arg(long)]
    pub(super) strict: bool,
}

/// How much is read of one file; what lies above is refused.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Limits for one file")]
pub(super) struct LimitArgs {
    /// Megabytes of the file
    #[arg(long, value_name = "MB", default_value_t = Limits::default().file_bytes >> 20)]
    max_file: u64,

    /// Megabytes of what is packed in it, unpacked
    #[arg(long, value_name = "MB", default_value_t = Limits::default().unpacked_bytes >> 20)]
    max_unpacked: u64,

    /// Times that what is packed in it grows when unpacked
    #[arg(long, value_name = "N", default_value_t = Limits::default().unpack_ratio)]
    max_ratio: u64,

    /// Megabytes of text
    #[arg(long, value_name = "MB", default_value_t = Limits::default().text_bytes >> 20)]
    max_text: u64,

    /// Pages of a PDF
    #[arg(long, value_name = "N", default_value_t = Limits::default().pages)]
    max_pages: u64,

    /// Cells of its tables; one of a document counts as four of a workbook
    #[arg(long, value_name = "N", default_value_t = Limits::default().cells)]
    max_cells: u64,

    /// Parts within one another
    #[arg(long, value_name = "N", default_value_t = Limits::default().nesting)]
    max_nesting: u64,

    /// Files of an archive
    #[arg(long, value_name = "N", default_value_t = Limits::default().files)]
    max_files: u64,

    /// Archives within one another
    #[arg(long, value_name = "N", default_value_t = Limits::default().archives)]
    max_archives: u64,

    /// Seconds to read a PDF or a file of Office 97-2003
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().seconds)]
    max_seconds: u64,

    /// Megabytes of memory to read one of these with
    #[arg(long, value_name = "MB", default_value_t = Limits::default().memory_mb)]
    max_memory: u64,
}

impl From<LimitArgs> for Limits {
    fn from(args: LimitArgs) -> Self {
        Self {
            file_bytes: args.max_file.saturating_mul(1 << 20),
            unpacked_bytes: args.max_unpacked.saturating_mul(1 << 20),
            unpack_ratio: args.max_ratio,
            text_bytes: args.max_text.saturating_mul(1 << 20),
            pages: args.max_pages,
            cells: args.max_cells,
            nesting: args.max_nesting,
            files: args.max_files,
            archives: args.max_archives,
            seconds: args.max_seconds,
            memory_mb: args.max_memory,
        }
    }
}

/// Make the workbook of a period again from the tables of a run, without reading the reports.
#[derive(Debug, ClapArgs)]
pub(super) struct AnnexArgs {
    /// Folder that `tonghop run` wrote
    #[arg(value_name = "OUT")]
    pub(super) out: PathBuf,

    /// Period of the workbook; may be repeated
    #[arg(long = "period", value_name = "PERIOD", required = true)]
    pub(super) periods: Vec<Period>,

    /// Render this layout instead of those of the templates; may be repeated. The workbook is named after the first
    #[arg(long = "layout", value_name = "FILE")]
    pub(super) layouts: Vec<PathBuf>,

    /// Write the twin for machines and screen readers instead: each sheet as a table with one row of headings
    #[arg(long)]
    pub(super) tidy: bool,

    /// Yearly plans; those of the run are not kept in its tables
    #[arg(long, value_name = "FILE")]
    pub(super) plans: Option<PathBuf>,
}

/// Fill an existing form of a ministry or office with the figures of a run.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The rows and columns of the form are recognised as those of a filled-in report. Only values are put into its blank
cells: formulas, styles, merges, charts, print set-up stay as they are. Cells that cannot be told are listed.

Placeholders are filled too: {{employment.jobs_created[sex=female] cumulative 2024-Q2}}, {{province}}, {{period}},
{{year}}. Breakdown, measure and period may be left out.

Examples:
  tonghop fill form.xlsx --from out --period 2024-M05 --out filled.xlsx
  tonghop fill form.xlsx --from out --period 2024-Q2 --province 36 --out filled.xlsx --list cells.csv

Exit status 1: at least one cell could not be told.")]
pub(super) struct FillArgs {
    /// The form: a workbook of Excel since 2007
    #[arg(value_name = "FORM")]
    pub(super) form: PathBuf,

    /// Folder that `tonghop run` wrote
    #[arg(long, value_name = "OUT")]
    pub(super) from: PathBuf,

    /// Period of the form
    #[arg(long, value_name = "PERIOD")]
    pub(super) period: Period,

    /// Province of the form: code or name [default: the country]
    #[arg(long, value_name = "PROVINCE")]
    pub(super) province: Option<String>,

    /// The filled form
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,

    /// Write a list of all cells of the form: what each is for, what it got, and where that is stated
    #[arg(long, value_name = "FILE")]
    pub(super) list: Option<PathBuf>,

    /// Yearly plans; those of the run are not kept in its tables
    #[arg(long, value_name = "FILE")]
    pub(super) plans: Option<PathBuf>,
}

/// A kind of file as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    /// Tidy CSV: one figure a row
    Csv,
    /// An array of objects
    Json,
    /// A data set with a folder for each period
    Parquet,
    /// SDMX-CSV 1.0
    Sdmx,
}

impl From<FormatArg> for ExportFormat {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Csv => Self::Csv,
            FormatArg::Json => Self::Json,
            FormatArg::Parquet => Self::Parquet,
            FormatArg::Sdmx => Self::Sdmx,
        }
    }
}

/// A way to split an export as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportSplitArg {
    /// One file for each period
    Period,
    /// One file for each province; the country and its regions have their own
    Province,
}

impl From<ExportSplitArg> for ExportSplit {
    fn from(arg: ExportSplitArg) -> Self {
        match arg {
            ExportSplitArg::Period => Self::Period,
            ExportSplitArg::Province => Self::Province,
        }
    }
}

/// Write the figures of a run for other programs.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
DIR receives figures.csv, figures.json, figures.sdmx.csv, and figures.parquet/period=PERIOD/part-0.parquet.
Numbers have a decimal point and all their digits; in Parquet they are exact decimals.

Examples:
  tonghop export out exchange
  tonghop export out exchange --format sdmx --format parquet
  tonghop export out exchange --format csv --split period")]
pub(super) struct ExportArgs {
    /// Folder that `tonghop run` wrote
    #[arg(value_name = "OUT")]
    pub(super) out: PathBuf,

    /// Folder to write to
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,

    /// Kind of file; may be repeated [default: all of them]
    #[arg(long = "format", value_name = "FORMAT", default_values = ["csv", "json", "parquet", "sdmx"], hide_default_value = true)]
    pub(super) formats: Vec<FormatArg>,

    /// Split CSV, JSON and SDMX-CSV; Parquet always has a folder for each period
    #[arg(long, value_name = "BY")]
    pub(super) split: Option<ExportSplitArg>,
}

/// List every figure that changed between two runs, and why.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Causes: correction, revised report, new file, removed file, rule (the same report is read otherwise),
plans, template (the same statements are settled otherwise), program, options.

Example:
  tonghop compare out-may out-june --csv changes.csv")]
pub(super) struct CompareArgs {
    /// Folder of the earlier run
    #[arg(value_name = "OUT1")]
    pub(super) before: PathBuf,

    /// Folder of the later run
    #[arg(value_name = "OUT2")]
    pub(super) after: PathBuf,

    /// Write the changes to this file too
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
}

/// Write review.xlsx: doubtful values, contradictions and numbers not understood, with cells to fill in.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Fill in the yellow cells, save, and give the file to the next run; it may be given again and again. Each decision
holds for the report, the place and the rule it was made about; if one of them has changed, you are asked again.

Example:
  tonghop run reports --out out
  tonghop review out
  tonghop run reports --out out --corrections out/review.xlsx")]
pub(super) struct ReviewArgs {
    /// Folder that `tonghop run` wrote
    #[arg(value_name = "OUT")]
    pub(super) out: PathBuf,
}

/// Write evidence.html: each report with its numbers marked, and each figure with its sources, in one page.
#[derive(Debug, ClapArgs)]
pub(super) struct EvidenceArgs {
    /// Folder that `tonghop run` wrote
    #[arg(value_name = "OUT")]
    pub(super) out: PathBuf,

    /// Yearly plans; those of the run are not kept in its tables
    #[arg(long, value_name = "FILE")]
    pub(super) plans: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum TemplatesCommand {
    /// Write the built-in templates to a folder, to be changed there
    Export {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,

        /// Write over template files that are there
        #[arg(long)]
        force: bool,
    },
    /// Check all templates and say what is wrong with them
    Check,
}

#[derive(Debug, Subcommand)]
pub(super) enum DictionaryCommand {
    /// List the indicators of the register and what the dictionary has for each
    List,
    /// Look for rows that miss their indicator or are never reached, and for rows without examples
    Check,
    /// Show the numbers of reports that no indicator took, grouped by the words around them, the most frequent first
    #[command(after_long_help = "\
Each group shows one place, what the number could be, and a wording to paste into the dictionary.

Example:
  tonghop dictionary coverage reports")]
    Coverage {
        /// Files and folders of reports
        #[arg(value_name = "REPORTS", required = true)]
        reports: Vec<PathBuf>,
    },
    /// Show what the dictionary of --templates reads otherwise than another: gained, lost and changed rows
    #[command(after_long_help = "\
Example:
  tonghop dictionary compare reports --templates own")]
    Compare {
        /// Files and folders of reports
        #[arg(value_name = "REPORTS", required = true)]
        reports: Vec<PathBuf>,

        /// Templates to compare with [default: the built-in ones]
        #[arg(long, value_name = "DIR")]
        against: Option<PathBuf>,
    },
    /// Run every example and counter-example of the dictionary
    Test {
        /// Only those whose name contains this, such as `labour.` or `labour.strikes/example/1`
        #[arg(value_name = "NAME")]
        only: Option<String>,
    },
}
