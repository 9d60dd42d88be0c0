//! How wide the columns of a table are.

use crate::typeface::{Face, Typeface};

/// Points between the text of one cell and that of the next.
pub(crate) const GAP: f32 = 12.0;
/// A word this wide may be broken.
const WIDEST_WORD: f32 = 96.0;
/// Lines of a cell above which the records are better read one by one.
const TALLEST: f32 = 10.0;
/// Characters of a cell that are measured; what goes on longer wants all the width it can get anyway.
const MEASURED: usize = 600;

/// The widths of the columns, together `width` points with the gaps, or `None` if the records do not fit in columns.
pub(crate) fn widths(
    typeface: &Typeface,
    head_size: f32,
    size: f32,
    columns: &[String],
    rows: &[Vec<String>],
    width: f32,
) -> Option<Vec<f32>> {
    let mut wishes: Vec<Wish> = columns
        .iter()
        .map(|name| {
            let mut wish = Wish { least: 24.0, natural: 24.0, longest: 0.0 };
            // A heading may stand on several lines.
            wish.least = wish.least.max(widest_word(typeface, Face::Bold, head_size, name).min(WIDEST_WORD));
            wish.natural = wish.least.max(typeface.width(Face::Bold, head_size, name).min(WIDEST_WORD));
            wish
        })
        .collect();
    for row in rows {
        for (wish, cell) in wishes.iter_mut().zip(row) {
            let measured =
                cell.char_indices().nth(MEASURED).map_or(cell.as_str(), |(at, _)| cell.get(..at).unwrap_or(cell));
            let more = cell.len() as f32 / measured.len().max(1) as f32;
            let whole = typeface.width(Face::Regular, size, measured) * more;
            wish.least = wish.least.max(widest_word(typeface, Face::Regular, size, measured).min(WIDEST_WORD));
            wish.natural = wish.natural.max(whole.min(width));
            wish.longest = wish.longest.max(whole);
        }
    }
    let room = width - GAP * columns.len().saturating_sub(1) as f32;
    let least: f32 = wishes.iter().map(|wish| wish.least).sum();
    if least > room {
        return None;
    }
    let natural: f32 = wishes.iter().map(|wish| wish.natural).sum();
    let widths: Vec<f32> = if natural <= room {
        wishes.iter().map(|wish| wish.natural + (room - natural) * wish.natural / natural).collect()
    } else {
        level(&wishes, room)
    };
    let fits = wishes.iter().zip(&widths).all(|(wish, width)| wish.longest / width <= TALLEST);
    fits.then_some(widths)
}

struct Wish {
    /// The widest word, so that none is broken.
    least: f32,
    /// The widest cell on one line.
    natural: f32,
    /// The same without a limit.
    longest: f32,
}

/// The same width for all columns that want more than it, their wish for the others.
fn level(wishes: &[Wish], room: f32) -> Vec<f32> {
    let widths = |level: f32| wishes.iter().map(move |wish| wish.natural.min(level).max(wish.least));
    let (mut low, mut high) = (0.0, room);
    for _ in 0..24 {
        let middle = (low + high) / 2.0;
        if widths(middle).sum::<f32>() > room { high = middle } else { low = middle }
    }
    widths(low).collect()
}

fn widest_word(typeface: &Typeface, face: Face, size: f32, text: &str) -> f32 {
    text.split_whitespace().map(|word| typeface.width(face, size, word)).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(columns: &[&str], cells: &[&[&str]]) -> Option<Vec<f32>> {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = cells.iter().map(|row| row.iter().map(|c| (*c).to_owned()).collect()).collect();
        widths(Typeface::get().unwrap(), 8.0, 8.5, &columns, &rows, 480.0)
    }

    #[test]
    fn the_columns_fill_the_width() {
        let widths = fit(&["ЕГН", "Име на лицето"], &[&["7909149958", "Ралица Методиева Капийска"]]).unwrap();
        assert!((widths.iter().sum::<f32>() + GAP - 480.0).abs() < 0.1, "{widths:?}");
        assert!(widths[1] > widths[0]);
    }

    #[test]
    fn a_long_column_leaves_the_short_ones_their_width() {
        let long = "вписано с решение на общия състав ".repeat(8);
        let widths = fit(&["ЕГН", "Име", "Бележка"], &[&["7909149958", "Ралица Методиева Капийска", &long]]).unwrap();
        let typeface = Typeface::get().unwrap();
        assert!(widths[1] >= typeface.width(Face::Regular, 8.5, "Ралица Методиева Капийска"), "{widths:?}");
        assert!((widths.iter().sum::<f32>() + 2.0 * GAP - 480.0).abs() < 0.1, "{widths:?}");
    }

    #[test]
    fn six_columns_of_long_words_do_not_fit() {
        let word = "непротивоконституционствувателствувайте";
        assert_eq!(fit(&["а"; 6], &[&[word; 6]]), None);
    }

    #[test]
    fn a_cell_that_would_be_a_tower_does_not_fit() {
        let long = "дълъг текст ".repeat(200);
        assert_eq!(fit(&["Номер", "Описание"], &[&["1", &long]]), None);
    }
}
