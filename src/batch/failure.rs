//! Why a run could not be done: exit status 2.

use crate::dictionary::templates::TemplateErrors;
use crate::message::Messages;

/// One reason; its words are `error.<key>` in `templates/messages/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key of the message.
    pub key: &'static str,
    /// Values for its placeholders.
    pub args: Vec<(&'static str, String)>,
}

/// Why a run could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|p| p.key).collect::<Vec<_>>().join(", "))]
pub struct Failure(pub Vec<Problem>);

impl Failure {
    /// A single reason.
    pub fn new(key: &'static str, args: &[(&'static str, &str)]) -> Self {
        Self(vec![Problem { key, args: args.iter().map(|(k, v)| (*k, (*v).to_owned())).collect() }])
    }

    /// What a person reads, one reason a line.
    pub fn message(&self, messages: &Messages) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|problem| {
                let args: Vec<(&str, &str)> = problem.args.iter().map(|(k, v)| (*k, v.as_str())).collect();
                messages.text(&format!("error.{}", problem.key), &args)
            })
            .collect();
        lines.join("\n")
    }
}

impl From<TemplateErrors> for Failure {
    fn from(errors: TemplateErrors) -> Self {
        Self::new("templates", &[("faults", &errors.to_string())])
    }
}
