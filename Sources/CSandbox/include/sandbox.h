#pragma once

// What a process can give up before it reads foreign bytes. Not callable from Swift itself: `syscall` is variadic, and a
// seccomp filter is a table of macros.

#ifdef __cplusplus
extern "C" {
#endif

enum {
  SANDBOX_LIMITS = 1,      // memory, processor seconds, open files; no core file
  SANDBOX_PRIVILEGES = 2,  // no program that it could start would have more rights (no_new_privs)
  SANDBOX_FILES = 4,       // of all files it may open those of one folder, to read (Landlock)
  SANDBOX_CALLS = 8,       // no network, no other program, no change to a file, to the system or to others (seccomp)
};

/// Confines the calling thread, and those that it starts, for good.
///
/// Call it before any other thread runs: Landlock knows the calling thread alone.
/// - folder: may still be read.
/// - bytes: of address space; seconds: of processor time.
/// Returns which of the above are in force: what the system does not know, or does not allow, is left out.
int sandbox_confine(const char *folder, unsigned long long bytes, unsigned int seconds);

#ifdef __cplusplus
}
#endif
