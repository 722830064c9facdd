//! A national workbook of invented figures: every province but a few, five months and last year's, with gaps, a
//! breakdown of each kind, stocks, rates, plans stated and implied, and money.

use rustc_hash::FxHashMap;
use tonghop::annex::{AnnexInput, Layouts, write_workbook};
use tonghop::completeness::{self, Completeness, Deadlines};
use tonghop::consolidate::{Boundaries, Consolidated, Input, Wording, consolidate};
use tonghop::dictionary::geography::{Geography, ProvinceSystem};
use tonghop::dictionary::register::Register;
use tonghop::dictionary::templates::Templates;
use tonghop::observation::{Measure, Observation, Origin, Qualifier, Status};
use tonghop::table::ReportRow;

use rust_decimal::Decimal;

/// Numbers that look drawn by lot, the same in every run.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

pub(crate) struct Nation {
    pub(crate) register: Register,
    pub(crate) geography: Geography,
    pub(crate) layouts: Layouts,
    wording: Wording,
    deadlines: Deadlines,
    pub(crate) observations: Vec<Observation>,
    pub(crate) reports: Vec<ReportRow>,
}

impl Nation {
    pub(crate) fn new(templates: &Templates) -> Self {
        let register = Register::load(templates).unwrap();
        let geography = Geography::load(templates).unwrap();
        let layouts = Layouts::load(templates, &register).unwrap();
        let (wording, deadlines) = (Wording::load(templates).unwrap(), Deadlines::load(templates).unwrap());
        let mut nation =
            Self { register, geography, layouts, wording, deadlines, observations: Vec::new(), reports: Vec::new() };
        nation.fill();
        nation
    }

    fn fill(&mut self) {
        let codes: Vec<String> =
            self.geography.provinces(ProvinceSystem::P63).map(|province| province.code.clone()).collect();
        let mut lot = Lot(20_240_531);
        for code in &codes {
            let households = 200_000 + lot.below(700_000);
            let poor = 3_000 + lot.below(40_000);
            if lot.below(10) > 0 {
                self.say(code, "2023", "poverty.poor_households", "", "actual", poor.to_string());
                self.say(code, "2023", "poverty.households", "", "actual", households.to_string());
            }
            let (plan, enrolment) = (4_000 + lot.below(40) * 500, 1_000 + lot.below(70) * 100);
            let (mut jobs, mut abroad, mut enrolled, mut residents) = (0, 0, 0, 100 + lot.below(800));
            for month in ["2023-M05", "2024-M01", "2024-M02", "2024-M03", "2024-M04", "2024-M05"] {
                if lot.below(12) == 0 {
                    continue;
                }
                if month == "2024-M01" {
                    (jobs, abroad, enrolled) = (0, 0, 0);
                }
                self.report(code, month);
                let now = 300 + lot.below(4_000);
                jobs += now;
                self.say(code, month, "employment.jobs_created", "", "actual", now.to_string());
                self.say(code, month, "employment.jobs_created", "", "cumulative", jobs.to_string());
                if lot.below(3) > 0 {
                    self.say(code, month, "employment.jobs_created", "", "plan", plan.to_string());
                } else {
                    let percent = Decimal::from(jobs * 100).checked_div(plan.into()).unwrap().round_dp(2);
                    self.say(code, month, "employment.jobs_created", "", "pct_of_plan", percent.to_string());
                }
                if lot.below(3) > 0 {
                    self.say(code, month, "employment.jobs_created", "sex=female", "actual", (now / 2).to_string());
                }
                let left = lot.below(300);
                abroad += left;
                self.say(code, month, "employment.overseas_workers", "", "cumulative", abroad.to_string());
                for (market, share) in [("JP", 50), ("TW", 30), ("KR", 10)] {
                    let breakdown = format!("market={market}");
                    let value = (abroad * share / 100).to_string();
                    self.say(code, month, "employment.overseas_workers", &breakdown, "cumulative", value);
                }
                let money = lot.below(90_000) * 1_000_000 + lot.below(1_000_000);
                self.say(code, month, "employment.loan_amount", "", "actual", money.to_string());
                enrolled += lot.below(3_000);
                self.say(code, month, "vocational.enrolled", "", "cumulative", enrolled.to_string());
                self.say(code, month, "vocational.enrolled", "", "plan", enrolment.to_string());
                for (level, share) in
                    [("college", 10), ("intermediate", 20), ("elementary", 40), ("under_3_months", 30)]
                {
                    let value = (enrolled * share / 100).to_string();
                    self.say(code, month, "vocational.enrolled", &format!("level={level}"), "cumulative", value);
                }
                let (admitted, gone) = (lot.below(60), lot.below(50));
                residents = (residents + admitted).saturating_sub(gone);
                self.say(code, month, "rehab.admissions", "", "actual", admitted.to_string());
                self.say(code, month, "rehab.reintegrated", "", "actual", gone.to_string());
                self.say(code, month, "rehab.residents", "", "actual", residents.to_string());
                let poor_now = poor * (100 - lot.below(5)) / 100;
                self.say(code, month, "poverty.poor_households", "", "actual", poor_now.to_string());
                self.say(code, month, "poverty.households", "", "actual", households.to_string());
                self.say(code, month, "labour.strikes", "", "actual", lot.below(3).to_string());
                let rate = Decimal::new(i64::try_from(100 + lot.below(400)).unwrap(), 2);
                self.say(code, month, "employment.unemployment_rate", "", "actual", rate.to_string());
                let change = Decimal::new(i64::try_from(lot.below(5000)).unwrap() - 2000, 2);
                if lot.below(2) == 0 {
                    self.say(code, month, "employment.jobs_created", "", "yoy_pct", change.to_string());
                }
            }
        }
    }

    fn file(code: &str, period: &str) -> String {
        format!("{period}/{code}.txt")
    }

    fn report(&mut self, code: &str, period: &str) {
        self.reports.push(ReportRow {
            file: Self::file(code, period),
            province: code.to_owned(),
            province_system: "63".to_owned(),
            period: period.parse().ok(),
            status: "read".to_owned(),
            number: "05/BC-SLĐTBXH".to_owned(),
            numbers: 40,
            observations: 30,
            ..ReportRow::default()
        });
    }

    pub(crate) fn say(
        &mut self,
        code: &str,
        period: &str,
        indicator: &str,
        breakdown: &str,
        measure: &str,
        value: String,
    ) {
        let at = self.observations.len();
        let measure: Measure = measure.parse().unwrap();
        let unit = self.register.get(indicator).unwrap().unit.code();
        let about = match measure {
            Measure::PctOfPlan => Some(Measure::Cumulative),
            Measure::YoyPct => Some(Measure::Actual),
            _ => None,
        };
        self.observations.push(Observation {
            id: format!("o{at:06}"),
            province: code.to_owned(),
            province_system: "63".to_owned(),
            period: period.parse().ok(),
            indicator: indicator.to_owned(),
            breakdown: breakdown.parse().unwrap(),
            measure,
            stated: value.clone(),
            value: Decimal::from_str_exact(&value).unwrap(),
            unit: if measure.is_percent() { "percent" } else { unit }.to_owned(),
            qualifier: Qualifier::Exact,
            status: Status::Reported,
            of: about,
            base: String::new(),
            origin: Origin::Text,
            confidence: Decimal::new(95, 2),
            file: Self::file(code, period),
            start: at * 10,
            end: at * 10 + 3,
            line: at % 200 + 1,
            place: format!("dòng {}", at % 200 + 1),
            quote: format!("trong kỳ đã thực hiện được {value} theo kế hoạch đề ra"),
            rule: indicator.to_owned(),
        });
    }

    pub(crate) fn consolidated(&self) -> Consolidated {
        consolidate(&Input {
            observations: &self.observations,
            reports: &self.reports,
            register: &self.register,
            geography: &self.geography,
            wording: &self.wording,
            plans: &[],
            revisions: &FxHashMap::default(),
            review_threshold: Decimal::new(6, 1),
            periods: &[],
            boundaries: Boundaries::AsReported,
        })
        .unwrap()
    }

    pub(crate) fn completeness(&self) -> Completeness {
        Completeness::of(&completeness::Input {
            reports: &self.reports,
            observations: &self.observations,
            mentions: &[],
            geography: &self.geography,
            deadlines: &self.deadlines,
        })
    }

    pub(crate) fn workbook(&self, consolidated: &Consolidated, period: &str) -> Vec<u8> {
        write_workbook(&AnnexInput {
            period: period.parse().unwrap(),
            consolidated,
            completeness: &self.completeness(),
            observations: &self.observations,
            unmapped: &[],
            findings: &[],
            reports: &self.reports,
            register: &self.register,
            geography: &self.geography,
            layouts: &self.layouts,
        })
        .unwrap()
    }
}

/// The workbook of a period by the built-in layouts.
pub(crate) fn workbook(period: &str) -> Vec<u8> {
    let nation = Nation::new(&Templates::built_in());
    nation.workbook(&nation.consolidated(), period)
}
