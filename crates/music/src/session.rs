//! The session: every idea, which is current, which are kept. It is what a host's project saves.

use crate::{Idea, IdeaId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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

/// Every idea of the session, a tree by parents.
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

    /// The number for the next idea: one more than any in use, unread ones included.
    pub fn next_id(&self) -> IdeaId {
        let unread = self.unread_ideas.iter().filter_map(|idea| idea.get("id")?.as_u64());
        let highest = self.ideas.iter().map(|idea| u64::from(idea.id.0)).chain(unread).max().unwrap_or(0);
        IdeaId(u32::try_from(highest).unwrap_or(u32::MAX - 1) + 1)
    }

    /// Adds `idea` and makes it current.
    pub fn push(&mut self, idea: Idea) {
        self.current = Some(idea.id);
        self.ideas.push(idea);
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
    /// Where the text as a whole is not a session. A single idea that cannot be read is no error: it is kept.
    pub fn from_json(text: &str) -> Result<Self, SessionError> {
        let saved: Saved =
            serde_json::from_str(text).map_err(|error| SessionError::Unreadable(error.to_string()))?;
        let mut session = Self { unread: saved.unread, ..Self::default() };
        for value in saved.ideas {
            match serde_json::from_value::<Idea>(value.clone()) {
                Ok(idea) if session.idea(idea.id).is_none() => session.ideas.push(idea),
                _ => session.unread_ideas.push(value),
            }
        }
        session.set_current(saved.current);
        Ok(session)
    }
}
