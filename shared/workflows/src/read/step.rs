//! `steps` of a job.

use super::Reader;
use crate::model::Step;
use yaml::{Key, Node, View};

impl Reader {
    pub(super) fn steps(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<Step> {
        if let View::Sequence(items) = value.view() {
            return items.filter_map(|item| self.step(key, item)).collect();
        }
        self.wrong_type(key, value, "a sequence of steps");
        Vec::new()
    }

    fn step(&mut self, steps: Key<'_>, value: Node<'_>) -> Option<Step> {
        let pairs = self.mapping(steps, value)?;
        let mut step = Step {
            span: value.span(),
            id: None,
            name: None,
            uses: None,
            run: None,
            shell: None,
            condition: None,
            continue_on_error: None,
            with: Vec::new(),
            env: None,
        };
        // Steps of kinds that this model has no fields for do something too.
        let mut is_other_kind = false;
        for (key, value) in pairs {
            match key.text {
                "id" => step.id = self.non_empty_string(key, value),
                "name" => step.name = self.non_empty_string(key, value),
                "uses" => step.uses = self.non_empty_string(key, value),
                "run" => step.run = self.string(key, value),
                "shell" => step.shell = self.non_empty_string(key, value),
                "if" => step.condition = self.condition(key, value),
                "continue-on-error" => step.continue_on_error = self.flag(key, value),
                "with" => step.with = self.inputs(key, value),
                "env" => step.env = super::env(value),
                "working-directory" | "timeout-minutes" | "background" => {}
                "wait" | "wait-all" | "cancel" | "parallel" => is_other_kind = true,
                _ => {
                    is_other_kind = true;
                    self.unknown_key(key, "a step");
                }
            }
        }
        let found = match (&step.run, &step.uses) {
            (Some(_), Some(_)) => Some("both"),
            (None, None) if !is_other_kind => Some("neither"),
            _ => None,
        };
        if let Some(found) = found {
            let message = format!("expected either `run` or `uses` in a step, found {found}");
            self.fatal(step.span, message);
        }
        Some(step)
    }
}
