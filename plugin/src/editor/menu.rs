//! Runs on the main thread. Menus: of lists, and of a right-click. One is open at a time.

mod columns;
mod item;

use super::control::Handle;
use super::gesture;
use super::icons::{self, Icon};
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::typing::Typing;
use super::undo::Step;
use columns::columns;
use egui::{Align2, Event, Id, Key, Pos2, Rect, Sense, Stroke, pos2, vec2};
pub(crate) use item::{Choice, Item};

const ROW: f32 = 26.0;
const PADDING: f32 = 5.0;
const WIDTH_MIN: f32 = 120.0;
/// Items that are shown at most of what typing finds.
const FOUND_MAX: usize = 150;
/// Seconds within which two clicks are one double-click.
const DOUBLE_CLICK_S: f64 = 0.4;

/// A menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenMenu {
    anchor: Rect,
    /// The title and the value beside it; a list has none.
    title: Option<(String, String)>,
    items: Vec<Item>,
    cursor: Option<usize>,
    is_new: bool,
    /// All items and what is typed to find some of them, where that can be.
    search: Option<(Vec<Item>, String)>,
    /// Where moving the cursor tries items: the parameter that they set, and what it was before.
    back: Option<(Handle, f32)>,
    has_tried: bool,
    /// What a second click on the anchor does, and until when it counts as the second half of a double-click.
    double: Option<(Deed, f64)>,
}

impl OpenMenu {
    /// A menu under `anchor`.
    pub(crate) fn new(anchor: Rect, title: Option<(String, String)>, items: Vec<Item>) -> Self {
        let cursor = items.iter().position(|item| item.is_chosen);
        Self {
            anchor,
            title,
            items,
            cursor,
            is_new: true,
            search: None,
            back: None,
            has_tried: false,
            double: None,
        }
    }

    /// The same, in which typing finds items and the arrow keys try those that set `param`, until one is chosen.
    pub(crate) fn browsing(self, param: Handle) -> Self {
        let back = Some((param, param.value()));
        Self { search: Some((self.items.clone(), String::new())), back, ..self }
    }

    /// The parameter and its value that the item under the cursor tries.
    fn tried(&self) -> Option<(Handle, f32)> {
        let (browsed, _) = self.back?;
        match self.items.get(self.cursor?)?.choice {
            Some(Choice::Set(param, value)) if param == browsed => Some((param, value)),
            _ => None,
        }
    }

    /// Sets back what was tried: it is no step to undo.
    fn set_back(&self, surface: &Surface<'_>) {
        if let Some((param, before)) = self.back.filter(|_| self.has_tried) {
            param.put(surface.host, before);
        }
    }

    /// Does what was chosen. What was tried on the way to it is one step to undo, with it.
    fn choose(&self, surface: &mut Surface<'_>, choice: Choice) {
        match (choice, self.back) {
            (Choice::Set(param, value), Some((browsed, before))) if param == browsed => {
                param.put(surface.host, value);
                surface.desk.undo.push(Step::Value { param, before, after: param.snapped(value) });
            }
            (choice, _) => {
                self.set_back(surface);
                perform(surface, choice);
            }
        }
    }

    /// Whether what is typed finds items: letters and Space belong to it then.
    pub(crate) fn takes_words(&self) -> bool {
        self.search.is_some()
    }

    /// Keeps what `typed` finds, or all.
    fn find(&mut self, typed: String) {
        let Some((all, text)) = &mut self.search else { return };
        let found = typed.to_lowercase();
        let is_all = found.trim().is_empty();
        let items = all.iter().filter(|item| if is_all { !item.is_hidden } else { item.is_found(&found) });
        self.items = items.take(FOUND_MAX).cloned().collect();
        self.cursor = self.items.iter().position(|item| item.choice.is_some());
        *text = typed;
    }

    /// The same, with `items` behind its own.
    pub(crate) fn and(mut self, items: Vec<Item>) -> Self {
        if let Some((all, _)) = &mut self.search {
            all.extend(items.iter().cloned());
        }
        self.items.extend(items.into_iter().filter(|item| !item.is_hidden));
        self
    }

    /// The same, with what a double-click on the anchor does; `now` is the time of the first click, in seconds.
    pub(crate) fn or_double(self, deed: Deed, now: f64) -> Self {
        Self { double: Some((deed, now + DOUBLE_CLICK_S)), ..self }
    }
}

/// The menu of a right-click on a parameter.
pub(crate) fn of_parameter(param: Handle, anchor: Rect, value_area: Rect) -> OpenMenu {
    let default = param.default_value();
    let reset = format!("Reset to {}", param.text_of(default));
    let items = vec![
        Item::new(&reset, "Backspace", Choice::Set(param, default)),
        Item::new("Type a value", "Enter", Choice::Type(param, value_area)),
    ];
    OpenMenu::new(anchor, Some((param.name().to_owned(), param.text())), items)
}

/// The menu of a parameter that is a list; `labels` by its plain values from the first on.
pub(crate) fn of_list(param: Handle, anchor: Rect, labels: impl Iterator<Item = String>) -> OpenMenu {
    let steps = param.steps().unwrap_or(1).max(1) as f32;
    let now = (param.value() * steps).round() as usize;
    let item = |(place, label): (usize, String)| {
        let choice = Choice::Set(param, place as f32 / steps);
        Item::new(&label, "", choice).marked(place == now)
    };
    OpenMenu::new(anchor, None, labels.enumerate().map(item).collect())
}

/// Where the menu and its columns lie.
struct Place {
    area: Rect,
    /// By item: column and row.
    cells: Vec<(usize, usize)>,
    column_width: f32,
    top: f32,
}

impl Place {
    fn item(&self, place: usize) -> Rect {
        let (column, row) = self.cells.get(place).copied().unwrap_or_default();
        let min =
            pos2(self.area.left() + PADDING + column as f32 * self.column_width, self.top + row as f32 * ROW);
        Rect::from_min_size(min, vec2(self.column_width, ROW))
    }
}

fn place(surface: &Surface<'_>, menu: &OpenMenu) -> Place {
    let width = |line: &str| text::width(&surface.painter, line, text::BODY);
    let widest = menu.items.iter().map(|item| {
        let right = if item.right.is_empty() { 0.0 } else { width(&item.right) + 24.0 };
        let style = if item.is_chosen { text::STRONG } else { text::BODY };
        text::width(&surface.painter, &item.label, style) + right + 34.0
    });
    let title = menu.title.as_ref().map_or(0.0, |(name, value)| width(name) + width(value) + 44.0);
    let column_width = widest.fold(WIDTH_MIN.max(menu.anchor.width() - 2.0 * PADDING), f32::max).max(title);
    let window = surface.ui.max_rect().shrink(6.0);
    let head = if menu.title.is_some() || menu.search.is_some() { 34.0 } else { 0.0 };
    let rows_max = (((window.height() - head - 2.0 * PADDING) / ROW).floor() as usize).max(1);
    let headings: Vec<bool> = menu.items.iter().map(|item| item.choice.is_none()).collect();
    let cells = columns(&headings, rows_max);
    let columns = cells.iter().map(|(column, _)| column + 1).max().unwrap_or(1);
    // Long names are cut rather than columns pushed out of the window.
    let column_width = column_width.min((window.width() - 2.0 * PADDING) / columns as f32);
    let rows = cells.iter().map(|(_, row)| row + 1).max().unwrap_or(1);
    let size = vec2(column_width * columns as f32 + 2.0 * PADDING, head + rows as f32 * ROW + 2.0 * PADDING);
    let x = menu.anchor.left().min(window.right() - size.x).max(window.left());
    let below = menu.anchor.bottom() + 4.0;
    let fits_below = below + size.y <= window.bottom();
    let above = menu.anchor.top() - 4.0 - size.y;
    let y = if fits_below || above < window.top() { below.min(window.bottom() - size.y) } else { above };
    let area = paint::snapped(&surface.painter, Rect::from_min_size(pos2(x, y.max(window.top())), size));
    Place { area, cells, column_width, top: area.top() + PADDING + head }
}

/// Draws the open menu and does what is chosen in it.
pub(crate) fn show(surface: &mut Surface<'_>) {
    let Some(mut menu) = surface.desk.menu.take() else { return };
    let window = surface.ui.max_rect();
    let backdrop = surface.ui.interact(window, Id::unique("menu backdrop"), Sense::click_and_drag());
    let place = place(surface, &menu);
    paint::shadow(&surface.painter, place.area, 8, surface.theme.shadow);
    paint::panel(
        &surface.painter,
        place.area,
        8.0,
        surface.theme.raised,
        Stroke::new(1.0, surface.theme.line),
    );
    title(surface, &menu, place.area);
    let mut chosen = None;
    for (i, item) in menu.items.iter().enumerate() {
        let area = place.item(i);
        let response = surface.ui.interact(area, Id::unique(("menu item", i)), Sense::click());
        let pointer_moved = surface.ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO);
        if item.choice.is_some() && response.hovered() && (pointer_moved || menu.cursor.is_none()) {
            menu.cursor = Some(i);
        }
        if draw_item(surface, item, area, menu.cursor == Some(i)) {
            surface.tip(&response, &item.label, "");
        }
        if response.clicked() {
            chosen = Some(i);
        }
    }
    chosen = chosen.or_else(|| keys(surface, &mut menu, &place.cells));
    let outside = |at: Option<Pos2>| at.is_some_and(|at| !place.area.contains(at));
    let pressed_outside =
        surface.ui.input(|input| input.pointer.any_pressed() && outside(input.pointer.interact_pos()));
    if pressed_outside && let Some(deed) = second_click(surface, &menu) {
        surface.ask(deed);
        return;
    }
    let dismissed = surface.ui.input(|input| input.key_pressed(Key::Escape))
        || (pressed_outside && !menu.is_new)
        || (backdrop.clicked() && outside(backdrop.interact_pointer_pos()));
    menu.is_new = false;
    match chosen.and_then(|i| menu.items.get(i)?.choice.clone()) {
        Some(choice) => menu.choose(surface, choice),
        None if dismissed => menu.set_back(surface),
        None => surface.desk.menu = Some(menu),
    }
}

/// What the second half of a double-click on the anchor does.
fn second_click(surface: &Surface<'_>, menu: &OpenMenu) -> Option<Deed> {
    let (now, at) = surface.ui.input(|input| (input.time, input.pointer.interact_pos()));
    let (deed, until) = menu.double.as_ref()?;
    (now <= *until && menu.anchor.contains(at?)).then(|| deed.clone())
}

fn title(surface: &Surface<'_>, menu: &OpenMenu, area: Rect) {
    let found = menu.search.as_ref().map(|(_, typed)| {
        let hint = "Type a name, a style or a mood; arrow keys try".to_owned();
        (if typed.is_empty() { hint } else { format!("{typed}|") }, String::new())
    });
    let Some((name, value)) = menu.title.as_ref().or(found.as_ref()) else { return };
    let (painter, theme) = (&surface.painter, surface.theme);
    let y = area.top() + 20.0;
    text::draw(painter, pos2(area.left() + 14.0, y), Align2::LEFT_CENTER, name, text::CHORD, theme.t1);
    text::draw(painter, pos2(area.right() - 14.0, y), Align2::RIGHT_CENTER, value, text::LABEL, theme.t2);
    paint::hline(painter, (area.left() + 1.0, area.right() - 1.0), area.top() + 34.0, 1.0, theme.line);
}

/// Whether its label had to be cut.
fn draw_item(surface: &Surface<'_>, item: &Item, area: Rect, is_under_cursor: bool) -> bool {
    let (painter, theme) = (&surface.painter, surface.theme);
    if is_under_cursor {
        painter.rect_filled(area, 4.0, theme.hover);
    }
    let left = pos2(area.left() + 9.0, area.center().y);
    if item.choice.is_none() {
        let look = (text::LABEL, theme.t3);
        return text::draw_within(painter, left, Align2::LEFT_CENTER, &item.label, look, area.width() - 12.0);
    }
    let style = if item.is_chosen { text::STRONG } else { text::BODY };
    let beside =
        if item.right.is_empty() { 16.0 } else { text::width(painter, &item.right, text::LABEL) + 10.0 };
    let beside = if item.is_chosen { 16.0 } else { beside };
    let room = area.width() - 14.0 - beside;
    let look = (style, theme.t1);
    let was_cut = text::draw_within(painter, left, Align2::LEFT_CENTER, &item.label, look, room);
    let right = pos2(area.right() - 9.0, area.center().y);
    if item.is_chosen {
        icons::draw(painter, Icon::Check, right - vec2(4.0, 0.0), 12.0, theme.t1);
    } else if !item.right.is_empty() {
        text::draw(painter, right, Align2::RIGHT_CENTER, &item.right, text::LABEL, theme.t2);
    }
    was_cut
}

/// Up, Down, Home and End move the cursor, in a browser Left and Right go from column to column; Enter chooses. What is
/// typed finds items where the menu can be searched.
fn keys(surface: &mut Surface<'_>, menu: &mut OpenMenu, cells: &[(usize, usize)]) -> Option<usize> {
    type_into(surface, menu);
    let choices: Vec<usize> = (0..menu.items.len()).filter(|i| menu.items[*i].choice.is_some()).collect();
    let pressed = |key: Key| surface.ui.input(|input| input.key_pressed(key));
    let (first, last) = (*choices.first()?, *choices.last()?);
    let at = menu.cursor.and_then(|cursor| choices.iter().position(|choice| *choice == cursor));
    let step = |by: usize| choices[at.map_or(0, |at| (at + by) % choices.len())];
    let before = menu.cursor;
    if pressed(Key::ArrowDown) {
        menu.cursor = Some(step(usize::from(at.is_some())));
    } else if pressed(Key::ArrowUp) {
        menu.cursor = Some(at.map_or(last, |_| step(choices.len() - 1)));
    } else if pressed(Key::Home) {
        menu.cursor = Some(first);
    } else if pressed(Key::End) {
        menu.cursor = Some(last);
    } else if menu.back.is_some() && (pressed(Key::ArrowLeft) || pressed(Key::ArrowRight)) {
        menu.cursor = columns::beside(cells, &choices, menu.cursor, pressed(Key::ArrowRight));
    }
    let enters = pressed(Key::Enter) && !menu.is_new;
    if menu.cursor != before
        && let Some((param, value)) = menu.tried()
    {
        param.put(surface.host, value);
        menu.has_tried = true;
    }
    menu.cursor.filter(|_| enters)
}

/// Takes what is typed this frame.
fn type_into(surface: &Surface<'_>, menu: &mut OpenMenu) {
    let Some((_, typed)) = &menu.search else { return };
    let (mut text, before) = (typed.clone(), typed.clone());
    surface.ui.input(|input| {
        for event in &input.events {
            match event {
                Event::Text(new) => text.extend(new.chars().filter(|c| !c.is_control())),
                Event::Key { key: Key::Backspace, pressed: true, .. } => drop(text.pop()),
                _ => {}
            }
        }
    });
    if text != before {
        menu.find(text);
    }
}

fn perform(surface: &mut Surface<'_>, choice: Choice) {
    match choice {
        Choice::Set(param, value) => gesture::put(surface, param, value),
        Choice::Toggle(param) => gesture::toggle(surface, param),
        Choice::Type(param, area) => surface.desk.typing = Some(Typing::new(param, area)),
        Choice::Open(menu) => surface.desk.menu = Some(*menu),
        Choice::Do(deed) => surface.ask(deed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginKind;
    use crate::params::LinnetParams;
    use crate::state::SavedState;

    #[test]
    fn a_browser_tries_sounds_alone_and_finds_what_was_added() {
        let saved = SavedState::new(std::sync::Arc::default(), linnet_handover::to_worker::channel().0);
        let params = LinnetParams::new(PluginKind::Instrument, saved);
        let param = Handle::of(&params.parts[0].sound);
        let sound = |label: &str, value: f32| Item::new(label, "", Choice::Set(param, value));
        let items = vec![sound("Auto", 0.0), sound("Sub", 0.5)];
        let added = vec![Item::heading("Your own"), Item::new("Remove", "", Choice::Do(Deed::Keep))];
        let mut menu = OpenMenu::new(Rect::ZERO, None, items).browsing(param).and(added);
        menu.cursor = Some(1);
        assert_eq!(menu.tried(), Some((param, 0.5)));
        menu.cursor = Some(3);
        assert_eq!(menu.tried(), None, "it would be done, not tried");
        menu.find("sub".to_owned());
        assert_eq!(menu.items.len(), 1);
        menu.find(String::new());
        assert_eq!(menu.items.len(), 4, "what was added is found again");
    }
}
