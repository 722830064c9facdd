//! Which periods make up another: the months of a year as points, the known periods as lines between them.

/// A known period as a stretch from the end of one month to the end of another, 0 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    /// Months before it.
    pub(super) from: u8,
    /// Months up to its end.
    pub(super) to: u8,
}

impl Stretch {
    fn is_within(self, other: Self) -> bool {
        self.from >= other.from && self.to <= other.to
    }
}

/// A step along a path: the position of a stretch, and whether it is walked forward (added) or back (taken away).
pub(super) type Step = (usize, bool);

/// What walking one stretch back costs in stretches added: a sum is better evidence than a difference, since a later
/// cumulative value may correct an earlier month.
const BACK: u32 = 100;

/// The steps that lead from the beginning of `wanted` to its end: the fewest additions, and only where additions
/// do not suffice, differences. `barred` stretches are left out. None where nothing leads there.
pub(super) fn path(
    known: &[Stretch],
    wanted: Stretch,
    differences: bool,
    barred: impl Fn(usize) -> bool,
) -> Option<Vec<Step>> {
    let mut reached: [Option<(u32, Step)>; 13] = [None; 13];
    let cost = |reached: &[Option<(u32, Step)>; 13], at: u8| {
        if at == wanted.from { Some(0) } else { reached.get(usize::from(at)).copied().flatten().map(|(cost, _)| cost) }
    };
    // Thirteen points: no path is longer than twelve steps.
    for _ in 0..12 {
        let mut better = false;
        for (at, stretch) in known.iter().enumerate() {
            if barred(at) {
                continue;
            }
            let mut walk = |from: u8, to: u8, price: u32, forward: bool| {
                let Some(total) = cost(&reached, from).map(|c| c + price) else { return };
                if to != wanted.from
                    && cost(&reached, to).is_none_or(|known| total < known)
                    && let Some(place) = reached.get_mut(usize::from(to))
                {
                    *place = Some((total, (at, forward)));
                    better = true;
                }
            };
            if differences || stretch.is_within(wanted) {
                walk(stretch.from, stretch.to, 1, true);
            }
            if differences {
                walk(stretch.to, stretch.from, BACK, false);
            }
        }
        if !better {
            break;
        }
    }
    let (mut steps, mut at) = (Vec::new(), wanted.to);
    while at != wanted.from {
        let (_, step) = reached.get(usize::from(at)).copied().flatten()?;
        let stretch = known.get(step.0)?;
        at = if step.1 { stretch.from } else { stretch.to };
        steps.push(step);
    }
    steps.reverse();
    Some(steps)
}

/// Stretches that do not overlap and cover as much of `wanted` as they can, and the months, 1 to 12, that they leave.
pub(super) fn cover(known: &[Stretch], wanted: Stretch) -> (Vec<usize>, Vec<u8>) {
    // The best cover of the first months of `wanted`: months covered, then the fewer stretches the better.
    let mut best: Vec<(u8, Vec<usize>)> = vec![(0, Vec::new())];
    for end in wanted.from + 1..=wanted.to {
        let mut chosen = best.last().cloned().unwrap_or_default();
        for (at, stretch) in known.iter().enumerate() {
            if stretch.to != end || stretch.from < wanted.from {
                continue;
            }
            let Some((months, before)) = best.get(usize::from(stretch.from - wanted.from)) else { continue };
            let months = months + (stretch.to - stretch.from);
            if months > chosen.0 || months == chosen.0 && before.len() + 1 < chosen.1.len() {
                let mut with = before.clone();
                with.push(at);
                chosen = (months, with);
            }
        }
        best.push(chosen);
    }
    let chosen = best.pop().map(|(_, chosen)| chosen).unwrap_or_default();
    let covered = |month: u8| chosen.iter().filter_map(|at| known.get(*at)).any(|s| month > s.from && month <= s.to);
    let missing = (wanted.from + 1..=wanted.to).filter(|month| !covered(*month)).collect();
    (chosen, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(list: &[(u8, u8)]) -> Vec<Stretch> {
        list.iter().map(|(from, to)| Stretch { from: *from, to: *to }).collect()
    }

    fn found(list: &[(u8, u8)], wanted: (u8, u8)) -> Option<Vec<Step>> {
        path(&stretches(list), Stretch { from: wanted.0, to: wanted.1 }, true, |_| false)
    }

    #[test]
    fn months_make_a_quarter() {
        assert_eq!(found(&[(0, 1), (1, 2), (2, 3)], (0, 3)), Some(vec![(0, true), (1, true), (2, true)]));
        assert_eq!(found(&[(0, 1), (2, 3)], (0, 3)), None);
    }

    #[test]
    fn cumulative_less_cumulative_makes_what_lies_between() {
        assert_eq!(found(&[(0, 3), (0, 6)], (3, 6)), Some(vec![(0, false), (1, true)]));
        assert_eq!(found(&[(0, 4), (0, 6)], (3, 6)), None);
    }

    #[test]
    fn additions_are_preferred_to_differences() {
        let list = [(0, 3), (0, 6), (3, 4), (4, 5), (5, 6)];
        assert_eq!(found(&list, (3, 6)), Some(vec![(2, true), (3, true), (4, true)]));
        assert_eq!(found(&[(0, 1), (1, 3), (0, 3), (3, 6)], (0, 6)), Some(vec![(2, true), (3, true)]));
    }

    #[test]
    fn a_barred_stretch_is_not_walked() {
        let list = stretches(&[(0, 3), (0, 1), (1, 2), (2, 3)]);
        let wanted = Stretch { from: 0, to: 3 };
        assert_eq!(path(&list, wanted, false, |at| at == 0).map(|p| p.len()), Some(3));
        assert_eq!(path(&list, wanted, false, |at| at < 2), None);
    }

    #[test]
    fn what_is_not_covered_is_named() {
        let list = stretches(&[(0, 1), (0, 3), (4, 5), (6, 12)]);
        assert_eq!(cover(&list, Stretch { from: 0, to: 6 }), (vec![1, 2], vec![4, 6]));
        assert_eq!(cover(&list, Stretch { from: 8, to: 12 }), (vec![], vec![9, 10, 11, 12]));
    }
}
