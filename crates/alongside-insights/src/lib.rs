//! Statistics on slices, and readings from state to a sentence.
