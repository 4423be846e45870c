"""The package keeps to what Linux, macOS and Windows all have, or asks the system first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "gaitlab"
MODULES = sorted(PACKAGE.rglob("*.py"))

POSIX_MODULES = "crypt fcntl grp posix pty pwd resource spwd syslog termios tty"
POSIX_NAMES = {
    "os": "chown chroot ctermid fchmod fchown fork forkpty getegid geteuid getgid getgrouplist getgroups getloadavg "
    "getpgid getpgrp getpriority getresuid getsid getuid initgroups killpg lchown lockf mkfifo mknod nice "
    "openpty posix_fadvise posix_spawn pread pwrite register_at_fork sched_getaffinity sched_setaffinity "
    "sendfile setegid seteuid setgid setpgid setpriority setsid setuid statvfs sync sysconf uname wait wait3 "
    "wait4 O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK WNOHANG",
    "signal": "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 alarm pause "
    "pthread_kill pthread_sigmask setitimer sigwait",
    "select": "epoll kqueue poll",
    "socket": "AF_UNIX",
    "time": "tzset",
}
FORBIDDEN = {f"{module}.{name}" for module, names in POSIX_NAMES.items() for name in names.split()}
FORBIDDEN |= set(POSIX_MODULES.split())
POSIX_ARGUMENTS = {"pass_fds=", "preexec_fn=", "dir_fd=", "process_group="}
POSIX_FOLDERS = ("'/dev/", "'/proc/", "'/sys/", "'/tmp/", "'/etc/", "'/var/", "'/usr/")  # as repr() shows them

ALLOWED = {
    (
        "core/processes.py",
        "'/sys/devices/system/cpu/cpu'",
    ): "only after os.sched_getaffinity, and only if the file exists",
}


def named(node: ast.AST) -> list[str]:
    """Return the modules, names, arguments and paths that a node of a program names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Attribute):
        return [ast.unparse(node)]
    if isinstance(node, ast.keyword):
        return [f"{node.arg}="]
    return [repr(node.value)] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def is_posix(words: str) -> bool:
    return words in FORBIDDEN or words in POSIX_ARGUMENTS or words.startswith(POSIX_FOLDERS)


def asks_the_system(test: ast.expr) -> bool:
    """Say whether a condition is about the system: ``sys.platform``, ``os.name``, ``hasattr``."""
    attributes = {ast.unparse(node) for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    called = {ast.unparse(node.func) for node in ast.walk(test) if isinstance(node, ast.Call)}
    return bool(attributes & {"sys.platform", "os.name"} or called & {"hasattr", "platform.system"})


def leaves(statement: ast.stmt) -> bool:
    """Say whether a statement ends the function on some systems."""
    return (
        isinstance(statement, ast.If)
        and asks_the_system(statement.test)
        and any(isinstance(last, (ast.Return, ast.Raise)) for last in statement.body[-1:])
    )


def is_guarded(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Say whether a place is reached only where the system has been asked, or where its lack is caught."""
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, (ast.If, ast.IfExp)) and asks_the_system(parent.test):
            return True
        if isinstance(parent, ast.Try) and node in parent.body:
            caught = {ast.unparse(handler.type) for handler in parent.handlers if handler.type is not None}
            if caught & {"AttributeError", "ImportError"}:
                return True
        body = getattr(parent, "body", None)
        if isinstance(body, list) and node in body and any(map(leaves, body[: body.index(node)])):
            return True
        node = parent
    return False


def unguarded(source: str) -> list[tuple[int, str]]:
    """Return line and words of what only POSIX has and nothing guards."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found = [(node, words) for node in ast.walk(tree) for words in named(node) if is_posix(words)]
    return [(getattr(node, "lineno", 0), words) for node, words in found if not is_guarded(node, parents)]


def test_what_only_posix_has_is_guarded() -> None:
    found = [
        (path.relative_to(PACKAGE).as_posix(), line, words)
        for path in MODULES
        for line, words in unguarded(path.read_text(encoding="utf-8"))
    ]
    offenders = [f"{name}:{line}: {words}" for name, line, words in found if (name, words) not in ALLOWED]
    assert not offenders, "\n".join(offenders)


def test_what_is_allowed_is_still_there() -> None:
    for name, words in ALLOWED:
        assert words in [found for _, found in unguarded((PACKAGE / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import fcntl", ["fcntl"]),
        ("from os import fork", ["os.fork"]),
        ("os.kill(1, signal.SIGKILL)", ["signal.SIGKILL"]),
        ("Popen(a, pass_fds=[3])", ["pass_fds="]),
        ("open('/dev/null')", ["'/dev/null'"]),
        ("if sys.platform != 'win32':\n    import fcntl", []),
        ("if hasattr(os, 'killpg'):\n    os.killpg(0, signal.SIGKILL)", []),
        ("def f():\n    if sys.platform == 'win32':\n        return\n    os.getuid()", []),
        ("def f():\n    if ready:\n        return\n    os.getuid()", ["os.getuid"]),
        ("try:\n    os.getuid()\nexcept AttributeError:\n    pass", []),
        ("try:\n    os.getuid()\nexcept OSError:\n    pass", ["os.getuid"]),
    ],
)
def test_a_guard_is_told_from_none(source: str, words: list[str]) -> None:
    assert [found for _, found in unguarded(source)] == words
