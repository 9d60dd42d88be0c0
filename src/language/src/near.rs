//! Names that look like a given name: for hints.

/// At most three of `candidates` that a person may have meant by `wanted`, nearest first.
///
/// Near means: equal without regard to case, or at an edit distance (insert, delete, replace, swap neighbours) of at most a third of the length.
pub fn near_names<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().take(LONGEST).collect();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().take(LONGEST).collect();
            let allowed = (wanted.len().max(letters.len()) / 3).max(1);
            if wanted.len().abs_diff(letters.len()) > allowed {
                return None;
            }
            let distance = edit_distance(&wanted, &letters);
            (distance <= allowed).then_some((distance, candidate))
        })
        .collect();
    found.sort();
    found.dedup();
    found.truncate(3);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Longer names are compared by their beginning: the cost of a comparison grows with the square of the length.
const LONGEST: usize = 256;

/// Optimal string alignment distance, in characters.
fn edit_distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; right.len() + 1];
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    let mut current: Vec<usize> = vec![0; right.len() + 1];
    for (row, &a) in left.iter().enumerate() {
        current[0] = row + 1;
        for (column, &b) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(a != b);
            let mut best = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            current[column + 1] = best;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut current);
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["sample_request", "sample_response", "request", "metadata"];
        assert_eq!(near_names("sample_respnose", known), ["sample_response", "sample_request"]);
        assert_eq!(near_names("Metadata", known), ["metadata"]);
    }

    #[test]
    fn a_different_word_is_not_offered() {
        assert!(near_names("delay", ["request", "metadata"]).is_empty());
    }

    #[test]
    fn distance_counts_swapped_neighbours_once() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edit_distance(&letters("ab"), &letters("ba")), 1);
        assert_eq!(edit_distance(&letters("гражданин"), &letters("гражднин")), 1);
        assert_eq!(edit_distance(&letters(""), &letters("abc")), 3);
    }
}
