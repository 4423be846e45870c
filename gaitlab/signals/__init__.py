"""From landmarks to clean signals: filtering, joint angles, heading, view, walking bouts and the sides of the legs."""
