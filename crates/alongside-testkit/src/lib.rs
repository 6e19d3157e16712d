//! Worlds of devices, people and faulty relays, driven by a seed.
