"""A bill of materials of the program in CycloneDX's JSON: each Debian package of which something is in it
or is loaded by it. The same packages make the same text.

Of each package it says how it comes in (`mesh_exporter:linked`): shared, loaded as it starts; static,
an archive on the linker's command line; headers, compiled in; or data. `licenses` are those of all files
of its source package, as far as Debian has them in a form that machines read."""

import hashlib
import json
import urllib.parse
import uuid

# What Debian calls otherwise than SPDX. Other names are passed on as they are.
_SPDX = {"Apache-2.0": "Apache-2.0", "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause",
         "BSD-3-Clause": "BSD-3-Clause", "BSL-1.0": "BSL-1.0", "Expat": "MIT", "ISC": "ISC", "MIT": "MIT",
         "MPL-2.0": "MPL-2.0", "Zlib": "Zlib", "zlib": "Zlib"}
_REPOSITORY = "https://github.com/mesh-exporter/mesh_exporter"


def _purl(package):
    """Its name as a package URL. Advisories of Debian are of the source, which is its `upstream`."""
    query = {"arch": package.architecture, "distro": "bookworm", "upstream": package.source}
    if package.source_version != package.version:
        query["upstream"] += "@" + package.source_version
    return (f"pkg:deb/debian/{urllib.parse.quote(package.name)}@{urllib.parse.quote(package.version)}?"
            + urllib.parse.urlencode(query))


def _licence(name):
    return {"license": {"id": _SPDX[name]} if name in _SPDX else {"name": name}}


def _unique(things):
    return list({json.dumps(thing): thing for thing in things}.values())


def _component(package, linked):
    """One of the parts."""
    part = {"type": "data" if linked == "data" else "library", "bom-ref": _purl(package), "name": package.name,
            "version": package.version, "purl": _purl(package)}
    licences = _unique(_licence(name) for name in package.licences())
    if licences:
        part["licenses"] = licences
    if package.homepage:
        part["externalReferences"] = [{"type": "website", "url": package.homepage}]
    part["properties"] = [{"name": "mesh_exporter:linked", "value": linked}]
    return part


def bill(program, version, revision, parts, made_at=None):
    """The text. `program`: its bytes; `parts`: {Package: how it is linked}; `made_at`: as ISO 8601."""
    components = [_component(package, linked) for package, linked in sorted(parts.items())]
    digest = hashlib.sha256(program).hexdigest()
    whole = {"type": "application", "bom-ref": "mesh_exporter", "name": "mesh_exporter", "version": version,
             "licenses": [_licence("Apache-2.0")], "hashes": [{"alg": "SHA-256", "content": digest}],
             "externalReferences": [{"type": "vcs", "url": _REPOSITORY}],
             "properties": [{"name": "mesh_exporter:revision", "value": revision}]}
    metadata = {"component": whole}
    if made_at:
        metadata["timestamp"] = made_at
    of_what = json.dumps([whole, components], sort_keys=True)
    return json.dumps({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX",
        "specVersion": "1.5", "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, of_what).urn, "version": 1,
        "metadata": metadata, "components": components,
        "dependencies": [{"ref": "mesh_exporter", "dependsOn": [part["bom-ref"] for part in components]}],
    }, indent=1) + "\n"
