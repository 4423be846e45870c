"""What a report says: its contents in numbers and words, before they are laid out."""
