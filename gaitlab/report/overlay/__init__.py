"""The video with skeleton, angles and gait phases drawn into it, and the images taken from it."""
