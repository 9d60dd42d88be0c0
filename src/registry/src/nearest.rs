//! "Did you mean": the known name that looks most like a mistyped one.

/// The known name nearest to `wanted` by edit distance without regard to case, if it is near enough to be meant.
pub(crate) fn nearest<'n>(wanted: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().take(512).collect();
    let most = wanted.len() / 4 + 1;
    known
        .map(|name| (distance(&wanted, &name.to_lowercase().chars().collect::<Vec<_>>(), most), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

// Levenshtein, one row at a time; anything above `most` comes back as `most + 1`.
fn distance(left: &[char], right: &[char], most: usize) -> usize {
    if left.len().abs_diff(right.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, character) in left.iter().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        let mut least = before;
        for (other, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let change = diagonal + usize::from(character != other);
            diagonal = *cell;
            before = change.min(before + 1).min(*cell + 1);
            *cell = before;
            least = least.min(before);
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
        if least > most {
            return most + 1;
        }
    }
    row.last().copied().unwrap_or(most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_its_name_and_nonsense_finds_none() {
        let known = ["Kapia.Demo.IPersons.Find", "Kapia.Demo.IPersons.FindAll", "Kapia.Demo.IFirms.Find"];
        assert_eq!(nearest("kapia.demo.ipersons.fnid", known.into_iter()), Some(known[0]));
        assert_eq!(nearest("Kapia.Demo.IFirm.Find", known.into_iter()), Some(known[2]));
        assert_eq!(nearest("X", known.into_iter()), None);
    }

    #[test]
    fn the_distance_is_that_of_levenshtein() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("kitten"), &chars("sitting"), 9), 3);
        assert_eq!(distance(&chars(""), &chars("abc"), 9), 3);
        assert_eq!(distance(&chars("abc"), &chars("abc"), 9), 0);
    }
}
