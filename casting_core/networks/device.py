"""Which device computes, and in which precision."""

import torch

from casting_core.errors import SettingsError

KINDS = ("cuda", "mps", "cpu")
FEW, MANY = 2, 32  # pictures


def choose_device(name: str | None = None) -> torch.device:
    """Choose the device named (`cuda`, `cuda:1`, `mps`, `cpu`), else the best present: CUDA, Apple MPS, CPU.

    Raises `SettingsError` where the named device is unknown or not present.
    """
    if name is None or name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SettingsError(f"Unknown device {name!r}; expected one of {', '.join(KINDS)}.") from error
    present = {
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if not present.get(device.type, False):
        raise SettingsError(f"The device {name!r} is not present on this machine; leave it out to choose by itself.")
    return device


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device computes in it natively, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.bfloat16 if _native_bf16() else torch.float32
    return torch.float32


def _native_bf16() -> bool:
    """AVX512-BF16 or AMX; without them bfloat16 is emulated and slower than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def at_once(device: torch.device) -> int:
    """How many pictures a network best takes at once.

    Few on a processor: layers of more do not fit its caches, and glibc fetches memory for what is over 32 MiB from the
    system each time, so that with 32 pictures each one takes two to four times as long.
    """
    return FEW if device.type == "cpu" else MANY


def describe(device: torch.device) -> str:
    """Name the device as results do: `cpu`, `mps`, or `cuda (name of the card)`."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type
