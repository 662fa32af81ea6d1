"""What a database lies on: on a network file system the locks of two machines do not hold.

https://www.sqlite.org/howtocorrupt.html, section 2.1, and https://www.sqlite.org/wal.html.
"""

import re
from pathlib import Path

from invoicectl.errors import DatabaseError

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "beegfs",
    "ncpfs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.davfs", "fuse.davfs2",
    "fuse.glusterfs", "fuse.gcsfuse", "fuse.smbnetfs", "fuse.curlftpfs",
}  # fmt: skip
_WAY_OUT = "keep it on a disk of this machine, and bring 'invoicectl backup' copies to the network"


def refuse_network(path: Path) -> None:
    """Refuse to make a database where locks do not hold.

    Raises:
        DatabaseError: the path is on a network file system.
    """
    if kind := network(path):
        said = f"no database is made at {path}: it is on a network file system ({kind})"
        raise DatabaseError(f"{said}, where two machines can damage it", hint=_WAY_OUT)


def warning(path: Path) -> str:
    """Return what to tell the user of a database that was put on a network, '' where it is not."""
    if kind := network(path):
        return (
            f"warning: {path} is on a network file system ({kind}): two machines that write at"
            f" once can damage it; {_WAY_OUT}"
        )
    return ""


def network(path: Path) -> str:
    """Return which network file system a path is on; '' for a disk, and where nobody can say."""
    try:
        mounts = MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    kind = kind_of(path.resolve(), mounts)
    return kind if kind in NETWORK else ""


def kind_of(path: Path, mounts: str) -> str:
    r"""Return the kind of file system that a path is on, by the text of Linux's mountinfo.

    >>> kind_of(Path("/home/x.db"), "1 0 8:1 / / rw - ext4 d rw\n2 1 0:5 / /home rw - nfs4 h rw")
    'nfs4'
    """
    found = (0, "")
    for line in mounts.splitlines():
        place, _, system = line.partition(" - ")
        fields = place.split()
        if len(fields) < 5 or not system:
            continue
        at = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        if path.is_relative_to(at) and len(at.parts) >= found[0]:  # a later one lies on top
            found = (len(at.parts), system.split()[0])
    return found[1]
