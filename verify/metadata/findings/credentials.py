"""Rules about content credentials (C2PA) and what they or other labels say of the origin."""

from __future__ import annotations

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule

MADE_BY_A_MODEL = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
"""IPTC's digital source types (cv.iptc.org/newscodes/digitalsourcetype)."""
SOURCE_TYPES = ("c2pa:digital_source_type", "xmp:Iptc4xmpExt:DigitalSourceType")
MODELS = (
    "midjourney",
    "dall-e",
    "dall·e",
    "stable diffusion",
    "adobe firefly",
    "comfyui",
    "novelai",
    "imagen",
)
"""Generators that write their name."""
MODEL_VALUES = ("exif:Software", "xmp:CreatorTool", "png:Software", "png:Title", "exif:ImageDescription")
PARAMETERS = ("png:parameters", "png:prompt", "png:workflow", "exif:UserComment")
"""Where Stable Diffusion's front ends store the settings of a picture (AUTOMATIC1111, ComfyUI)."""


@rule("info", next_step="Open them in a viewer for content credentials to see the whole history.")
def content_credentials_present(facts: Facts) -> Observation | None:
    """The file carries content credentials (C2PA) that hold: signed statements on origin and edits.

    They prove who signed, not that the picture shows what is claimed; an unknown signer is no authority.
    """
    state = facts.text("c2pa:state")
    if state not in ("trusted", "valid but untrusted"):
        return None
    by = f" by {facts.text('c2pa:issuer')}" if facts.text("c2pa:issuer") else ""
    signer = "a trusted signer" if state == "trusted" else "a signer that is on no trust list"
    names = ("c2pa:state", "c2pa:issuer", "c2pa:claim_generator", "c2pa:signed_at", "c2pa:ingredient_codes")
    sentence = f"Content credentials signed{by}, {signer}, match the file."
    return Observation(sentence=sentence, values=facts.values(*names))


@rule("warning", next_step="Ask for the file as it left the signer.")
def content_credentials_broken(facts: Facts) -> Observation | None:
    """The file carries content credentials (C2PA) that do not hold: it was changed after signing."""
    if facts.text("c2pa:state") != "invalid":
        return None
    sentence = f"The content credentials do not match the file ({facts.text('c2pa:codes') or 'no code'})."
    return Observation(sentence=sentence, values=facts.values("c2pa:state", "c2pa:codes"))


@rule("warning", next_step="Look for the author's own words on it; labels can be added as well as removed.")
def generator_named(facts: Facts) -> Observation | None:
    """The file itself says that a model made or changed the picture.

    A digital source type, the name of a generator or its settings. The absence of a label proves nothing.
    """
    for name in SOURCE_TYPES:
        if any(label in facts.text(name) for label in MADE_BY_A_MODEL):
            return Observation(
                sentence=f"`{name}` says that a model had a part in it.", values=facts.values(name)
            )
    for name in MODEL_VALUES:
        if any(model in facts.text(name).lower() for model in MODELS):
            return Observation(sentence=f"`{name}` names an image generator.", values=facts.values(name))
    for name in PARAMETERS:
        text = facts.text(name)
        if ("Steps: " in text and "Sampler: " in text) or '"class_type"' in text:
            sentence = f"`{name}` holds the settings of an image generator."
            return Observation(sentence=sentence, values={name: text[:200]})
    return None
