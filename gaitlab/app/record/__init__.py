"""The patient's record: what the therapist enters, next to what was measured, and what is written from both."""
