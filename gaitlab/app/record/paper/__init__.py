"""What is printed: the record of a visit and the handout of the home programme, as PDF and as a page."""
