/// The version of what this room computes: what is read from the tables and signals, with WFDB. It is part of every compute key, so raise it
/// whenever a result could change; a test fails when the sources change and this does not.
public let ptbxlVersion = "1"
