//! The roles that words of measure, structure and period play. Roles are fixed here; their words are data.

macro_rules! roles {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $key:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All roles.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The role's name in the template file.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The role of this name.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|role| role.key() == key)
            }
        }
    };
}

roles!(
    /// What a phrase tells about the numbers near it.
    Marker {
        /// From 1 January.
        Cumulative = "cumulative",
        /// In the reporting period.
        InPeriod = "in_period",
        /// What a percentage is of, when it is the plan.
        PlanOfYear = "plan_of_year",
        /// Before the plan's own value.
        PlanValue = "plan_value",
        /// Opens a clause whose number is the plan's own value.
        PlanOpens = "plan_opens",
        /// The same period of last year.
        SamePeriod = "same_period",
        /// Another earlier period.
        PreviousPeriod = "previous_period",
        /// Introduces a comparison.
        Compare = "compare",
        /// Up.
        Increase = "increase",
        /// Down.
        Decrease = "decrease",
        /// Before the level that a value has come down or up to.
        LevelReached = "level_reached",
        /// Introduces a ratio.
        Equal = "equal",
        /// Opens the result after what was done for it.
        ResultOpens = "result_opens",
        /// Before the same change in another unit.
        AmountsTo = "amounts_to",
        /// Introduces how much of a plan was done.
        Reach = "reach",
        /// Over the plan by.
        Exceed = "exceed",
        /// Short of the plan by.
        ShortOf = "short_of",
        /// Introduces a share.
        Share = "share",
        /// Names the whole of a share.
        OfWhichPercent = "of_which_percent",
        /// Before the amount for one.
        PerUnit = "per_unit",
        /// After a slash: the amount for one of these.
        PerUnitAfter = "per_unit_after",
        /// After a slash: the amount for a month.
        PerMonthAfter = "per_month_after",
        /// Before a level that is not paid but fixed.
        Ceiling = "ceiling",
        /// Money, of whatever purpose.
        Money = "money",
        /// Opens the parts of the value before.
        OpensParts = "opens_parts",
        /// Opens parts that make up the whole.
        WholeParts = "whole_parts",
        /// The rest.
        Remainder = "remainder",
        /// All other categories of a list.
        OtherCategory = "other_category",
        /// Leaves the parts: something beside the value before.
        Besides = "besides",
        /// Says of numbers in brackets what they are.
        InBrackets = "in_brackets",
        /// At the start of a bracket: what the number before it does not count.
        LeftOut = "left_out",
        /// Values in the order of the names before.
        Respectively = "respectively",
        /// More than.
        Over = "over",
        /// Less than.
        Under = "under",
        /// About.
        About = "about",
        /// Estimated.
        Estimate = "estimate",
        /// Forecast.
        Forecast = "forecast",
        /// States a zero.
        Zero = "zero",
        /// A zero only with a closing «none».
        ZeroNeedsNone = "zero_needs_none",
        /// That closing word.
        ZeroNone = "zero_none",
        /// Denies one kind only: no zero.
        OneKindOnly = "one_kind_only",
        /// Not yet: no zero.
        NotYet = "not_yet",
        /// Percent in words.
        Percent = "percent",
        /// Percentage points.
        PercentPoints = "percent_points",
        /// Times.
        Times = "times",
        /// And a half.
        Half = "half",
        /// Between the bounds of a range.
        RangeTo = "range_to",
        /// Links a word to its number and says nothing itself.
        Is = "is",
        /// Before a verb of what was done.
        Already = "already",
        /// A survey, whose year is that of the stocks it found.
        Survey = "survey",
        /// Before categories of the greater part only.
        Mostly = "mostly",
        /// A name whose words mean nothing here.
        Name = "name",
        /// Joins two things.
        And = "and",
        /// Heads the column of row numbers.
        RowNumber = "row_number",
        /// Heads the column of units.
        UnitColumn = "unit_column",
        /// Heads the column of notes.
        NoteColumn = "note_column",
        /// Alone as a row's label, or before the name of what is added up: a total.
        TotalRow = "total_row",
        /// Words of labels and heads that say nothing.
        Filler = "filler",
        /// In heads and labels: what stands behind it is not what is counted.
        Preposition = "preposition",
        /// Heads what is left when one column is taken from another.
        Difference = "difference",
        /// Heads a column of the shares that make up the whole.
        Structure = "structure",
        /// Heads a column of money that was or is to be paid.
        Spends = "spends",
        /// Heads a column of what was done of what the rows count.
        Done = "done",
        /// Heads a column of averages.
        Average = "average",
        /// Heads the column of codes.
        CodeColumn = "code_column",
        /// Heads the column of places, offices or establishments that make up the province.
        PlaceColumn = "place_column",
        /// The period before this one.
        LastPeriod = "last_period",
        /// The end of a period: alone, that of the report's own.
        PeriodEnd = "period_end",
        /// Opens the name of the office that reports.
        Issuer = "issuer",
        /// Names a period to come.
        NextPeriod = "next_period",
        /// Says that the base of an index is 100.
        IndexBase = "index_base",
        /// Heads a column of results.
        ResultColumn = "result_column",
        /// A part of a province.
        District = "district",
        /// The whole province or country, as a row's label.
        WholeProvince = "whole_province",
        /// Before a total.
        TotalWords = "total_words",
    }
);

roles!(
    /// Words that build periods.
    PeriodWord {
        /// Month.
        Month = "month",
        /// Quarter.
        Quarter = "quarter",
        /// Year.
        Year = "year",
        /// After a number of months: the first of the year.
        FirstOfYear = "first_of_year",
        /// After a number of months: the last of the year.
        LastOfYear = "last_of_year",
        /// The first half-year as a phrase.
        HalfFirst = "half_first",
        /// The second half-year as a phrase.
        HalfLast = "half_last",
        /// The whole year.
        WholeYear = "whole_year",
        /// The end of a year.
        EndOfYear = "end_of_year",
        /// Up to.
        Until = "until",
        /// Introduces a span of years.
        Span = "span",
        /// Day.
        Day = "day",
        /// Introduces a period within a sentence.
        Introduces = "introduces",
        /// Introduces a time at which something began.
        Since = "since",
    }
);

impl Marker {
    /// Whether the phrase speaks only where it heads or labels a table, or to the words right beside it; in running text
    /// it is a word like others.
    pub fn is_of_tables(self) -> bool {
        matches!(
            self,
            Self::TotalRow
                | Self::Filler
                | Self::Preposition
                | Self::Difference
                | Self::Structure
                | Self::Spends
                | Self::Done
                | Self::Average
                | Self::CodeColumn
                | Self::PlaceColumn
                | Self::LastPeriod
                | Self::PeriodEnd
                | Self::Issuer
                | Self::Already
                | Self::NextPeriod
        )
    }
}
