//! Whether colours can be read on each other (WCAG 2.2, 1.4.3 and 1.4.11), from the variables of a style sheet.

use crate::problem::Faint;
use std::collections::BTreeMap;

/// Foreground, background, and the least contrast that they need.
pub(crate) const PAIRS: &[(&str, &str, f64)] = &[
    ("ink", "paper", 4.5),
    ("ink", "surface", 4.5),
    ("ink", "tint", 4.5),
    ("muted", "paper", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "tint", 4.5),
    ("link", "paper", 4.5),
    ("link", "surface", 4.5),
    ("link", "tint", 4.5),
    ("band-ink", "band", 4.5),
    ("band-muted", "band", 4.5),
    ("action-ink", "action", 4.5),
    ("good-ink", "good", 4.5),
    ("note-ink", "note", 4.5),
    ("mark-ink", "mark", 4.5),
    ("edge", "paper", 3.0),
    ("edge", "surface", 3.0),
    ("focus", "paper", 3.0),
    ("focus", "surface", 3.0),
    ("focus-band", "band", 3.0),
];

/// The colours that a style sheet gives to its variables: in general, and where a reader prefers dark.
///
/// Only `--name: #rgb` and `--name: #rrggbb` are read; what stands after `prefers-color-scheme: dark` is dark.
pub(crate) fn palettes(css: &str) -> [BTreeMap<String, [u8; 3]>; 2] {
    let (light, dark) = match css.split_once("prefers-color-scheme: dark") {
        Some((light, rest)) => (light, block(rest)),
        None => (css, ""),
    };
    let general = colours(light);
    let mut in_dark = general.clone();
    in_dark.extend(colours(dark));
    [general, in_dark]
}

/// Every pair that cannot be read, with its contrast.
pub(crate) fn unreadable(css: &[&str]) -> Vec<Faint> {
    let mut palettes_of_all: [BTreeMap<String, [u8; 3]>; 2] = Default::default();
    for sheet in css {
        let [light, dark] = palettes(sheet);
        let [all_light, all_dark] = &mut palettes_of_all;
        // What a sheet says in general holds in the dark too, unless it says otherwise there.
        all_dark.extend(dark);
        all_light.extend(light);
    }
    let mut found = Vec::new();
    for (palette, dark) in palettes_of_all.iter().zip([false, true]) {
        for (front, back, least) in PAIRS {
            if let (Some(a), Some(b)) = (palette.get(*front), palette.get(*back)) {
                let ratio = contrast(*a, *b);
                if ratio < *least {
                    found.push(Faint { front, back, ratio, least: *least, dark });
                }
            }
        }
    }
    found
}

/// The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
pub(crate) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let part = |octet: u8| {
        let value = f64::from(octet) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
}

/// The insides of the first block.
fn block(rest: &str) -> &str {
    let Some(start) = rest.find('{') else { return "" };
    let mut depth = 0_u32;
    for (at, character) in rest.char_indices().skip_while(|(at, _)| *at < start) {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return rest.get(start..at).unwrap_or(""),
            '}' => depth -= 1,
            _ => {}
        }
    }
    rest.get(start..).unwrap_or("")
}

fn colours(css: &str) -> BTreeMap<String, [u8; 3]> {
    let declared = css.split([';', '{', '}']).filter_map(|part| part.trim().strip_prefix("--"));
    declared
        .filter_map(|declaration| {
            let (name, value) = declaration.split_once(':')?;
            Some((name.trim().to_owned(), colour(value.trim())?))
        })
        .collect()
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    let digits: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    let octet = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (digits.len() == 6).then_some([octet(0)?, octet(2)?, octet(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x76, 0x76, 0x76], [255, 255, 255]) - 4.54).abs() < 0.01);
    }

    #[test]
    fn every_pair_of_our_own_colours_can_be_read() {
        let css = crate::assets::STYLE;
        assert_eq!(unreadable(&[css]), []);
        // The pairs are there to be compared.
        for palette in palettes(css) {
            for (front, back, _) in PAIRS {
                assert!(palette.contains_key(*front) && palette.contains_key(*back), "{front} on {back}");
            }
        }
        let [light, dark] = palettes(css);
        assert_ne!(light["paper"], dark["paper"]);
    }

    #[test]
    fn colours_of_a_site_that_cannot_be_read_are_found() {
        let found = unreadable(&[crate::assets::STYLE, ":root { --link: #9ad; }"]);
        let links = |dark: bool| found.iter().filter(move |faint| faint.dark == dark && faint.front == "link");
        assert_eq!(links(false).map(|faint| faint.back).collect::<Vec<_>>(), ["paper", "surface", "tint"]);
        assert_eq!(links(true).count(), 0, "a light blue can be read on dark");
    }
}
