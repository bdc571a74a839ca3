//! Runs on the main thread. How the items of a menu fall into columns: what stands under one heading stays together.

/// The column and row of each item, where `headings` says which are headings and a column has `rows_max` ≥ 1 rows.
pub(super) fn columns(headings: &[bool], rows_max: usize) -> Vec<(usize, usize)> {
    let has_headings = headings.contains(&true);
    if !has_headings {
        let rows = headings.len().div_ceil(headings.len().div_ceil(rows_max).max(1)).max(1);
        return (0..headings.len()).map(|place| (place / rows, place % rows)).collect();
    }
    let mut cells = Vec::with_capacity(headings.len());
    let (mut column, mut row) = (0, 0);
    for (place, is_heading) in headings.iter().enumerate() {
        let behind = headings[place + 1..].iter().take_while(|heading| !**heading).count();
        let breaks = *is_heading && row > 0 && row + 1 + behind > rows_max && behind < rows_max;
        if breaks || row >= rows_max {
            (column, row) = (column + 1, 0);
        }
        cells.push((column, row));
        row += 1;
    }
    cells
}

/// The item of `choices` in the column beside that of `cursor`, as near to its row as can be.
pub(super) fn beside(
    cells: &[(usize, usize)],
    choices: &[usize],
    cursor: Option<usize>,
    to_the_right: bool,
) -> Option<usize> {
    let (column, row) = *cells.get(cursor?)?;
    let wanted = if to_the_right { column + 1 } else { column.wrapping_sub(1) };
    let there =
        choices.iter().copied().filter(|choice| cells.get(*choice).is_some_and(|cell| cell.0 == wanted));
    there.min_by_key(|choice| cells[*choice].1.abs_diff(row)).or(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_stays_in_one_column() {
        let headings = [true, false, false, true, false, false, true, false];
        let cells = columns(&headings, 5);
        assert_eq!(cells, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4)]);
    }

    #[test]
    fn plain_lists_fill_even_columns() {
        let cells = columns(&[false; 7], 4);
        assert_eq!(cells.last(), Some(&(1, 2)));
        assert!(columns(&[], 4).is_empty());
    }

    #[test]
    fn left_and_right_go_to_the_nearest_row() {
        let cells = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)];
        let choices = [1, 2, 4];
        assert_eq!(beside(&cells, &choices, Some(2), true), Some(4));
        assert_eq!(beside(&cells, &choices, Some(4), false), Some(1));
        assert_eq!(beside(&cells, &choices, Some(1), false), Some(1));
    }
}
