//! What a worker does, told one delivery at a time.
