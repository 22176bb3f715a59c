//! What is taken out, what stays, and what holds for every text.

mod fragments;
mod kept;
mod lines;
mod properties;
mod taken_out;
