"""The demo mesh's certificate authority: one self-signed root and a leaf per workload, with the
workload's SPIFFE name as its only subject alternative name, as meshes issue them. Made with the
openssl command line; elliptic curve keys, so that it takes milliseconds."""

import os
import subprocess

from processes import MeshError

TRUST_DOMAIN = "demo.mesh"


def spiffe_name(service_account):
    return f"spiffe://{TRUST_DOMAIN}/ns/shop/sa/{service_account}"


def _openssl(*arguments):
    try:
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    except OSError as error:
        raise MeshError(f"cannot run openssl: {error}") from error
    if done.returncode != 0:
        raise MeshError(f"openssl {' '.join(arguments)}: {done.stderr}")


class Authority:
    """A root of trust in the directory `where`: root.pem, root.key."""

    def __init__(self, where):
        os.makedirs(where)
        self.root = os.path.join(where, "root.pem")
        self._key = os.path.join(where, "root.key")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", f"/O={TRUST_DOMAIN}", "-days", "3650",
                 "-addext", f"subjectAltName=URI:spiffe://{TRUST_DOMAIN}",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                 "-keyout", self._key, "-out", self.root)

    def issue(self, service_account, where, days=1):
        """Writes tls.crt and tls.key for the workload into the directory `where`. Each is renamed
        into its place: that is the event on which a running Envoy reads them again."""
        os.makedirs(where, exist_ok=True)
        request, extensions, fresh_key, fresh = (
            os.path.join(where, name)
            for name in ("request.pem", "extensions", "tls.key.new", "tls.crt.new"))
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", "/", "-keyout", fresh_key, "-out", request)
        with open(extensions, "w") as file:
            file.write(f"subjectAltName=critical,URI:{spiffe_name(service_account)}\n"
                       "keyUsage=critical,digitalSignature\n"
                       "extendedKeyUsage=serverAuth,clientAuth\n"
                       "basicConstraints=critical,CA:FALSE\n")
        _openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", self._key,
                 "-CAcreateserial", "-days", str(days), "-extfile", extensions, "-out", fresh)
        os.rename(fresh_key, os.path.join(where, "tls.key"))
        os.rename(fresh, os.path.join(where, "tls.crt"))
        os.remove(request)
        os.remove(extensions)
