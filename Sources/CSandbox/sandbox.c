#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

static int set_limit(int what, rlim_t value) {
  struct rlimit limit = {value, value};
  return setrlimit(what, &limit);
}

static int confine_limits(unsigned long long bytes, unsigned int seconds) {
  // One second more than the soft limit, so that the signal that says why comes first.
  struct rlimit processor = {seconds, seconds + 1};
  return set_limit(RLIMIT_AS, bytes) | setrlimit(RLIMIT_CPU, &processor) | set_limit(RLIMIT_NOFILE, 64) |
         set_limit(RLIMIT_CORE, 0);
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

static int confine_files(const char *folder) {
#ifdef SYS_landlock_create_ruleset
  // Everything of the first version; what later ones know beside it, the filter of calls refuses.
  const uint64_t all = (1ULL << 13) - 1;
  struct landlock_ruleset_attr rules = {.handled_access_fs = all};
  int set = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (set < 0) return -1;
  int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct landlock_path_beneath_attr beneath = {
      .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = place};
  int failed = place < 0 || syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0 ||
               syscall(SYS_landlock_restrict_self, set, 0) != 0;
  if (place >= 0) close(place);
  close(set);
  return failed ? -1 : 0;
#else
  (void)folder;
  return -1;
#endif
}

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), RETURN(SECCOMP_RET_ERRNO | EPERM)
#define UNKNOWN(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), RETURN(SECCOMP_RET_ERRNO | ENOSYS)
#define LOW_WORD(n) (offsetof(struct seccomp_data, args) + 8 * (n))  // both architectures are little-endian

static int confine_calls(void) {
  struct sock_filter filter[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),  // the calls of x32
      RETURN(SECCOMP_RET_KILL_PROCESS),
      // Opening a file to change it.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(2)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
      RETURN(SECCOMP_RET_ERRNO | EACCES),
      RETURN(SECCOMP_RET_ALLOW),
      UNKNOWN(SYS_openat2),
#ifdef SYS_open
      REFUSE(SYS_open),
      REFUSE(SYS_creat),
      REFUSE(SYS_fork),
      REFUSE(SYS_vfork),
      REFUSE(SYS_unlink),
      REFUSE(SYS_rename),
      REFUSE(SYS_mkdir),
      REFUSE(SYS_rmdir),
      REFUSE(SYS_link),
      REFUSE(SYS_symlink),
      REFUSE(SYS_chmod),
      REFUSE(SYS_chown),
      REFUSE(SYS_lchown),
      REFUSE(SYS_mknod),
      REFUSE(SYS_utime),
      REFUSE(SYS_utimes),
      REFUSE(SYS_futimesat),
#endif
      // A thread may start, a process may not. clone3 hides its flags: the C library then takes clone.
      UNKNOWN(SYS_clone3),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(0)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x00010000 /* CLONE_THREAD */, 1, 0),
      RETURN(SECCOMP_RET_ERRNO | EPERM),
      RETURN(SECCOMP_RET_ALLOW),
      // Network and other channels.
      REFUSE(SYS_socket),
      REFUSE(SYS_socketpair),
      REFUSE(SYS_connect),
      REFUSE(SYS_bind),
      REFUSE(SYS_listen),
      REFUSE(SYS_accept),
      REFUSE(SYS_accept4),
      REFUSE(SYS_sendto),
      REFUSE(SYS_sendmsg),
      REFUSE(SYS_sendmmsg),
      REFUSE(SYS_shmget),
      REFUSE(SYS_shmat),
      REFUSE(SYS_shmctl),
      REFUSE(SYS_semget),
      REFUSE(SYS_semctl),
      REFUSE(SYS_semop),
      REFUSE(SYS_msgget),
      REFUSE(SYS_msgctl),
      REFUSE(SYS_mq_open),
      REFUSE(SYS_mq_unlink),
      REFUSE(SYS_io_uring_setup),
      // Programs and other processes.
      REFUSE(SYS_execve),
      REFUSE(SYS_execveat),
      REFUSE(SYS_ptrace),
      REFUSE(SYS_process_vm_readv),
      REFUSE(SYS_process_vm_writev),
      REFUSE(SYS_kill),
      REFUSE(SYS_tkill),
      REFUSE(SYS_tgkill),
      REFUSE(SYS_rt_sigqueueinfo),
      REFUSE(SYS_rt_tgsigqueueinfo),
      REFUSE(424 /* pidfd_send_signal */),
      REFUSE(SYS_setpriority),
      REFUSE(SYS_sched_setaffinity),
      REFUSE(SYS_sched_setscheduler),
      REFUSE(SYS_sched_setparam),
      REFUSE(SYS_sched_setattr),
      REFUSE(SYS_ioprio_set),
      // Limits of its own are read, those of others not even that.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(0)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
      RETURN(SECCOMP_RET_ERRNO | EPERM),
      RETURN(SECCOMP_RET_ALLOW),
      REFUSE(SYS_pidfd_open),
      REFUSE(SYS_unshare),
      REFUSE(SYS_setns),
      // Files.
      REFUSE(SYS_unlinkat),
      REFUSE(SYS_renameat),
      REFUSE(SYS_renameat2),
      REFUSE(SYS_mkdirat),
      REFUSE(SYS_linkat),
      REFUSE(SYS_symlinkat),
      REFUSE(SYS_fchmod),
      REFUSE(SYS_fchmodat),
      REFUSE(SYS_fchown),
      REFUSE(SYS_fchownat),
      REFUSE(SYS_mknodat),
      REFUSE(SYS_truncate),
      REFUSE(SYS_ftruncate),
      REFUSE(SYS_utimensat),
      REFUSE(452 /* fchmodat2 */),
      REFUSE(SYS_setxattr),
      REFUSE(SYS_lsetxattr),
      REFUSE(SYS_fsetxattr),
      REFUSE(463 /* setxattrat */),
      REFUSE(SYS_removexattr),
      REFUSE(SYS_lremovexattr),
      REFUSE(SYS_fremovexattr),
      REFUSE(466 /* removexattrat */),
      REFUSE(SYS_inotify_init1),
      REFUSE(SYS_inotify_add_watch),
      REFUSE(SYS_memfd_create),
      // The system.
      REFUSE(SYS_mount),
      REFUSE(SYS_umount2),
      REFUSE(SYS_pivot_root),
      REFUSE(SYS_chroot),
      REFUSE(SYS_bpf),
      REFUSE(SYS_perf_event_open),
      REFUSE(SYS_userfaultfd),
      REFUSE(SYS_keyctl),
      REFUSE(SYS_add_key),
      REFUSE(SYS_request_key),
      REFUSE(SYS_init_module),
      REFUSE(SYS_finit_module),
      REFUSE(SYS_kexec_load),
      REFUSE(SYS_reboot),
      REFUSE(SYS_settimeofday),
      REFUSE(SYS_clock_settime),
      RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
}

int sandbox_confine(const char *folder, unsigned long long bytes, unsigned int seconds) {
  int in_force = 0;
  if (confine_limits(bytes, seconds) == 0) in_force |= SANDBOX_LIMITS;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) in_force |= SANDBOX_PRIVILEGES;
  if (confine_files(folder) == 0) in_force |= SANDBOX_FILES;
  if (confine_calls() == 0) in_force |= SANDBOX_CALLS;
  return in_force;
}

#else

int sandbox_confine(const char *folder, unsigned long long bytes, unsigned int seconds) {
  (void)folder;
  return confine_limits(bytes, seconds) == 0 ? SANDBOX_LIMITS : 0;
}

#endif
