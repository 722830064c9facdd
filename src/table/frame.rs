//! Observations to a Polars frame and back, exactly, and the frame to Parquet.

use std::io::Write;

use polars::prelude::*;
use polars_io::parquet::write::ParquetWriter;
use rust_decimal::Decimal;

use super::csv_file::in_canonical_order;
use super::error::TableError;
use super::row::{Cells, cells};
use super::schema::{COLUMNS, ColumnType, PRECISION};
use crate::observation::Observation;

/// Rows of one Parquet row group. Fixed, because a size chosen by Polars depends on the number of threads.
const ROW_GROUP: usize = 65_536;

/// The observations as a frame with the columns of the contract, in the given order.
///
/// # Errors
/// When a value has more decimals than its column holds, or Polars cannot build the frame.
pub fn to_frame(observations: &[Observation]) -> Result<DataFrame, TableError> {
    frame_of(&observations.iter().collect::<Vec<_>>())
}

fn frame_of(observations: &[&Observation]) -> Result<DataFrame, TableError> {
    let mut texts: Vec<Vec<String>> = COLUMNS.iter().map(|_| Vec::with_capacity(observations.len())).collect();
    for observation in observations {
        for (column, cell) in texts.iter_mut().zip(cells(observation)) {
            column.push(cell);
        }
    }
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for ((name, column_type), texts) in COLUMNS.iter().zip(texts) {
        let series = match column_type {
            ColumnType::Text => Series::new((*name).into(), texts),
            ColumnType::Count => {
                let counts = observations.iter().map(|o| count(o, name)).collect::<Vec<u64>>();
                Series::new((*name).into(), counts)
            }
            ColumnType::Decimal(scale) => {
                let of = |o: &Observation| if *name == "value" { o.value } else { o.confidence };
                if let Some(misfit) = observations.iter().find(|o| mantissa(of(o), *scale).is_none()) {
                    return Err(TableError::DoesNotFit {
                        id: misfit.id.clone(),
                        column: name,
                        value: of(misfit).to_string(),
                    });
                }
                decimal_series(name, observations.iter().map(|o| Some(of(o))), *scale)
                    .map_err(TableError::frame("a decimal column of the table"))?
            }
        };
        columns.push(series.into_column());
    }
    DataFrame::new(observations.len(), columns).map_err(TableError::frame("the frame of the observations"))
}

fn count(observation: &Observation, column: &str) -> u64 {
    let value = match column {
        "start" => observation.start,
        "end" => observation.end,
        _ => observation.line,
    };
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// The integer that stands for `value` in a column of `scale` decimals; none where it does not fit exactly.
fn mantissa(value: Decimal, scale: u32) -> Option<i128> {
    let value = value.normalize();
    let raise = scale.checked_sub(value.scale())?;
    value.mantissa().checked_mul(10_i128.checked_pow(raise)?).filter(|m| m.unsigned_abs() < 10_u128.pow(38))
}

/// A Polars decimal column of `scale` decimals; a value that does not fit becomes null.
pub(crate) fn decimal_series(
    name: &str,
    values: impl Iterator<Item = Option<Decimal>>,
    scale: u32,
) -> PolarsResult<Series> {
    let mantissas: Vec<Option<i128>> = values.map(|value| mantissa(value?, scale)).collect();
    let column = Int128Chunked::from_iter_options(name.into(), mantissas.into_iter());
    Ok(column.into_decimal(PRECISION, scale as usize)?.into_series())
}

/// The exact value of a cell of a decimal column.
pub(crate) fn decimal_of(cell: &AnyValue<'_>) -> Option<Decimal> {
    let AnyValue::Decimal(mantissa, _, scale) = cell else { return None };
    let (mut mantissa, mut scale) = (*mantissa, u32::try_from(*scale).ok()?);
    // A `Decimal` holds 96 bits: zeros that only fill the column's scale would not fit beside a large sum.
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// The observations of a frame that has the columns of the contract.
///
/// # Errors
/// When a column is missing, or a cell does not hold what its column declares.
pub fn from_frame(frame: &DataFrame) -> Result<Vec<Observation>, TableError> {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let found: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    if found != names {
        return Err(TableError::BadHeader { found: found.join(","), expected: names.join(",") });
    }
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for (name, column_type) in COLUMNS {
        let column = frame.column(name).map_err(TableError::frame("the columns of the table"))?;
        if *column.dtype() != column_type.data_type() {
            let message = format!("type {}; expected {}", column.dtype(), column_type.data_type());
            return Err(TableError::BadCell { row: 0, column: name, message });
        }
        columns.push(column);
    }
    let mut observations = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        let mut texts = Vec::with_capacity(columns.len());
        for column in &columns {
            let cell = column.get(row).map_err(TableError::frame("a cell of the table"))?;
            texts.push(match &cell {
                AnyValue::String(text) => (*text).to_owned(),
                AnyValue::StringOwned(text) => text.to_string(),
                AnyValue::UInt64(count) => count.to_string(),
                AnyValue::Decimal(..) => decimal_of(&cell).map(|d| d.to_string()).unwrap_or_default(),
                _ => String::new(),
            });
        }
        observations.push(Cells::new(row + 1, texts.into_iter()).observation()?);
    }
    Ok(observations)
}

/// Writes the observations as Parquet, in the canonical order, one chunk, row groups of a fixed size.
///
/// # Errors
/// When the frame cannot be built or the bytes cannot be written.
pub fn write_parquet(writer: impl Write, observations: &[Observation]) -> Result<(), TableError> {
    write_frame(writer, &mut frame_of(&in_canonical_order(observations))?)
}

/// Writes a frame as Parquet, one chunk, row groups of a fixed size.
pub(super) fn write_frame(writer: impl Write, frame: &mut DataFrame) -> Result<(), TableError> {
    frame.rechunk_mut();
    ParquetWriter::new(writer)
        .with_row_group_size(Some(ROW_GROUP))
        .set_parallel(false)
        .finish(frame)
        .map_err(TableError::frame("the Parquet file"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::csv_file::tests::observation;
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_contract() {
        let frame = to_frame(&[observation("a", "1")]).unwrap();
        let names = frame.get_column_names().iter().map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(
            names,
            "id,province,province_system,period,indicator,breakdown,measure,stated,value,unit,qualifier,status,of,\
             base,origin,confidence,file,start,end,line,place,quote,rule"
        );
    }

    #[test]
    fn an_empty_table_keeps_its_columns() {
        assert_eq!(from_frame(&to_frame(&[]).unwrap()).unwrap(), []);
    }

    #[test]
    fn the_first_decimal_beyond_the_scale_is_refused() {
        let fits = observation("a", "0.000000000000000001");
        assert_eq!(from_frame(&to_frame(std::slice::from_ref(&fits)).unwrap()).unwrap(), [fits]);
        let error = to_frame(&[observation("a", "0.0000000000000000001")]).unwrap_err();
        assert!(error.to_string().contains("cannot hold 0.0000000000000000001 exactly"), "{error}");
    }

    #[test]
    fn parquet_bytes_do_not_depend_on_the_order_given() {
        let mut rows: Vec<_> = (0..500).map(|n| observation(&format!("id{n:03}"), &n.to_string())).collect();
        let mut first = Vec::new();
        write_parquet(&mut first, &rows).unwrap();
        rows.reverse();
        let mut second = Vec::new();
        write_parquet(&mut second, &rows).unwrap();
        assert!(first == second && first.starts_with(b"PAR1"));
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_is_exact(
            mantissa in -79_000_000_000_000_000_000_i128..79_000_000_000_000_000_000_i128,
            scale in 0_u32..=18,
            text in "[a-zđ,\"\n ]{0,12}",
            places in (0_usize..1_000_000, 0_usize..1_000_000),
        ) {
            let mut row = observation("a", "1");
            row.value = Decimal::from_i128_with_scale(mantissa, scale);
            row.quote = text;
            (row.start, row.line) = places;
            prop_assert_eq!(from_frame(&to_frame(std::slice::from_ref(&row)).unwrap()).unwrap(), vec![row.clone()]);
            let mut bytes = Vec::new();
            super::super::write_observations_csv(&mut bytes, std::slice::from_ref(&row)).unwrap();
            prop_assert_eq!(super::super::read_observations_csv(bytes.as_slice()).unwrap(), vec![row]);
        }
    }
}
