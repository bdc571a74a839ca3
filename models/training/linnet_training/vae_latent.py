"""`latent.json` of a VAE: what its latents mean, and where they lie."""

import torch

from .golden import write_json
from .vae_figures import fit_prior
from .vocabulary import ROLES, vocabulary_sha256

PRIOR_WINDOWS, PRIOR_BATCH = 12000, 1024


def _rounded(tensor):
    return [_rounded(row) for row in tensor] if tensor.dim() else float(f"{tensor.item():.5g}")


def priors(model, bank):
    """The fitted `Prior` of each role of a line VAE; of a drum VAE, one."""
    batches = bank.held_out(PRIOR_WINDOWS, PRIOR_BATCH, seed=13)
    roles = range(len(ROLES)) if len(bank.tables) > 1 else [None]
    return [fit_prior(model, batches, role) for role in roles]


def write_latent(model, bank, folder):
    """Writes `folder/latent.json`; `bank` holds the training windows."""
    tables, shape = bank.tables.cpu(), model.shape
    lower = torch.tril_indices(shape.latent, shape.latent)
    fitted = [{"mean": _rounded(p.mean.cpu()), "factor": _rounded(p.factor.cpu()[*lower])}
              for p in priors(model, bank)]
    content = {
        "tokens_sha256": vocabulary_sha256(), "latent": shape.latent, "classes": shape.classes,
        "start": shape.start, "conditions": shape.conditions, "hidden": model.hidden,
        "attributes": shape.attributes, "roles": ROLES if len(tables) > 1 else ["drums"],
        "quantiles": _rounded(tables), "prior": fitted,
    }
    write_json(folder / "latent.json", content)
