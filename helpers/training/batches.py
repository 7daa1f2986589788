"""Batches of any form, moved to where the model is."""

from __future__ import annotations

import copy
import dataclasses


def moved(batch: object, device: object) -> object:
    """The same batch with every tensor in it on `device`; what is no tensor stays as it is.

    A batch is any nest of tuples, named tuples, lists, dicts and dataclasses. The one that was
    handed over is not changed.
    """
    if hasattr(batch, "to"):                    # a tensor, or what moves like one
        return batch.to(device)
    if isinstance(batch, dict):
        new = copy.copy(batch)
        new.update((key, moved(value, device)) for key, value in batch.items())
        return new
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(moved(value, device) for value in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(moved(value, device) for value in batch)
    if dataclasses.is_dataclass(batch) and not isinstance(batch, type):
        names = [field.name for field in dataclasses.fields(batch) if field.init]
        return dataclasses.replace(
            batch, **{name: moved(getattr(batch, name), device) for name in names})
    return batch
