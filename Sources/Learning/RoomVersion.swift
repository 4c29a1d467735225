/// The version of what this room computes: what a network learns and answers, with all below it: Torch, Networks. It is part of every compute key, so raise it
/// whenever a result could change; a test fails when the sources change and this does not.
public let learningVersion = "2"
