//! The session: every idea, which is current, which are kept. It is what a host's project saves.

use crate::{Idea, IdeaId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The layout that this build writes.
pub const VERSION: u32 = 1;

/// What a saved session could not be read for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SessionError {
    /// The text is not JSON, or not an object.
    #[error(
        "The saved ideas are damaged and could not be read ({0}). They are kept in the project unchanged."
    )]
    Unreadable(String),
}

/// Ideas that nobody kept and that the history holds all the same: the newest. Kept ideas and the current one are held
/// whatever their number.
pub const HISTORY_MAX: usize = 200;

/// The ideas of the session, a tree by parents: every kept one, the current one, and the newest [`HISTORY_MAX`] others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    ideas: Vec<Idea>,
    current: Option<IdeaId>,
    /// Ideas and fields that this build could not read, written back as they came.
    unread_ideas: Vec<Value>,
    unread: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    current: Option<IdeaId>,
    ideas: Vec<Value>,
    #[serde(flatten)]
    unread: Map<String, Value>,
}

impl Session {
    /// All ideas, oldest first.
    pub fn ideas(&self) -> &[Idea] {
        &self.ideas
    }

    /// The idea with this number.
    pub fn idea(&self, id: IdeaId) -> Option<&Idea> {
        self.ideas.iter().find(|idea| idea.id == id)
    }

    /// The idea with this number, to keep it or to note where it started.
    pub fn idea_mut(&mut self, id: IdeaId) -> Option<&mut Idea> {
        self.ideas.iter_mut().find(|idea| idea.id == id)
    }

    /// The idea that plays, or that plays next.
    pub fn current(&self) -> Option<&Idea> {
        self.current.and_then(|id| self.idea(id))
    }

    /// Makes `id` the current idea; nothing changes where there is no such idea.
    pub fn set_current(&mut self, id: Option<IdeaId>) {
        if id.is_none_or(|id| self.idea(id).is_some()) {
            self.current = id;
        }
    }

    /// The number for the next idea: one more than any in use, unread ones included. Where a damaged project has taken
    /// the highest number, the lowest free one.
    pub fn next_id(&self) -> IdeaId {
        let next = self.highest_id() + 1;
        u32::try_from(next).map_or_else(|_| self.lowest_free_id(), IdeaId)
    }

    fn highest_id(&self) -> u64 {
        self.ids().max().unwrap_or(0)
    }

    /// The numbers in use, unread ideas included. Those that no [`IdeaId`] can be are left out.
    fn ids(&self) -> impl Iterator<Item = u64> {
        let unread = self.unread_ideas.iter().filter_map(|idea| idea.get("id")?.as_u64());
        let all = self.ideas.iter().map(|idea| u64::from(idea.id.0)).chain(unread);
        all.filter(|id| u32::try_from(*id).is_ok())
    }

    fn lowest_free_id(&self) -> IdeaId {
        let taken: HashSet<u64> = self.ids().collect();
        let free = (1..u32::MAX).find(|id| !taken.contains(&u64::from(*id)));
        // More ideas than numbers fit into no memory.
        IdeaId(free.unwrap_or(u32::MAX))
    }

    /// Adds `idea` and makes it current. The oldest idea that nobody kept leaves a history that is full.
    pub fn push(&mut self, idea: Idea) {
        self.current = Some(idea.id);
        self.add(idea);
    }

    /// Adds `idea`; the current one stays current. The oldest idea that nobody kept leaves a history that is full.
    pub fn add(&mut self, idea: Idea) {
        self.ideas.push(idea);
        let newest = self.ideas.last().map(|idea| idea.id);
        let is_held = |idea: &Idea, current| idea.kept || Some(idea.id) == current || Some(idea.id) == newest;
        let others = self.ideas.iter().filter(|idea| !is_held(idea, self.current)).count();
        let mut to_go = others.saturating_sub(HISTORY_MAX);
        let current = self.current;
        self.ideas.retain(|idea| {
            let goes = to_go > 0 && !is_held(idea, current);
            to_go -= usize::from(goes);
            !goes
        });
    }

    /// A session of the newest `count_max` kept ideas alone.
    pub fn kept(&self, count_max: usize) -> Self {
        let mut ideas: Vec<Idea> =
            self.ideas.iter().rev().filter(|idea| idea.kept).take(count_max).cloned().collect();
        ideas.reverse();
        Self { ideas, ..Self::default() }
    }

    /// How many ideas have left the history since the session began.
    pub fn let_go(&self) -> u64 {
        let here = (self.ideas.len() + self.unread_ideas.len()) as u64;
        self.highest_id().saturating_sub(here)
    }

    /// How many ideas could not be read, and are kept unchanged.
    pub fn unread_ideas(&self) -> usize {
        self.unread_ideas.len()
    }

    /// The session as JSON. The same session gives the same bytes.
    pub fn to_json(&self) -> String {
        let read = self.ideas.iter().filter_map(|idea| serde_json::to_value(idea).ok());
        let saved = Saved {
            version: VERSION,
            current: self.current,
            ideas: read.chain(self.unread_ideas.iter().cloned()).collect(),
            unread: self.unread.clone(),
        };
        serde_json::to_string(&saved).unwrap_or_default()
    }

    /// Reads what [`Session::to_json`] wrote, also by older and newer builds.
    ///
    /// # Errors
    /// Where the text as a whole is not a session. A single idea that cannot be read, or played, is no error: it is
    /// kept.
    pub fn from_json(text: &str) -> Result<Self, SessionError> {
        let saved: Saved =
            serde_json::from_str(text).map_err(|error| SessionError::Unreadable(error.to_string()))?;
        let mut session = Self { unread: saved.unread, ..Self::default() };
        let mut numbers = HashSet::new();
        for value in saved.ideas {
            match Idea::deserialize(&value) {
                Ok(idea) if idea.check().is_ok() && numbers.insert(idea.id) => session.ideas.push(idea),
                _ => session.unread_ideas.push(value),
            }
        }
        session.set_current(saved.current);
        Ok(session)
    }
}
