/// The version of what this room computes: how answers become findings. It is part of every compute key, so raise it
/// whenever a result could change; a test fails when the sources change and this does not.
public let interpretationVersion = "3"
