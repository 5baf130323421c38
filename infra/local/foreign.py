"""Running a binary built for another kind of processor, as `sam build`'s arm64 ones are on an x86-64 laptop: through QEMU's
user emulation, some ten times slower."""

import pathlib
import platform
import shutil
import struct

# ELF's numbers of machines, with what runs them elsewhere: QEMU's program and the folder of that machine's C library.
MACHINES = {0x3E: ("x86_64", "qemu-x86_64", "/usr/x86_64-linux-gnu"), 0xB7: ("aarch64", "qemu-aarch64", "/usr/aarch64-linux-gnu")}
MACHINE_OFFSET = 18


def command(binary):
    """The command that runs `binary` on this machine."""
    with open(binary, "rb") as file:
        head = file.read(MACHINE_OFFSET + 2)
    if not head.startswith(b"\x7fELF"):
        return [binary]
    number = struct.unpack_from("<H", head, MACHINE_OFFSET)[0]
    machine, program, library = MACHINES.get(number, (f"machine {number}", None, None))
    if machine == platform.machine():
        return [binary]
    emulator = program and (shutil.which(program) or shutil.which(f"{program}-static"))
    if not emulator or not pathlib.Path(library).is_dir():
        raise SystemExit(f"{binary} is built for {machine}, this machine is {platform.machine()}: build it here, or install "
                         "QEMU's user emulation and that machine's C library (Debian: qemu-user-static, libc6-arm64-cross)")
    return [emulator, "-L", library, binary]
