// The room is filled by the next commits.
