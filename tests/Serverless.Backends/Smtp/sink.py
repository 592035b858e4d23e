"""A mail server that keeps what it gets: each message is one line of JSON, read by Python's own mail parser.

    sink.py '{"cert": "server.pem", "key": "server.key", "implicit": false, "user": "u", "password": "p", "mechanisms": ["PLAIN"]}'

The receiver nobody@… is refused; a subject "refuse me" is refused after the message has been read.
"""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

settings = json.loads(sys.argv[1])


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if message["Subject"] == "refuse me":
            return "554 5.7.1 refused by policy"
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "defects": [str(defect) for defect in message.defects] + [str(defect) for value in message.values() for defect in value.defects],
            "html": message.get_content(),
            "type": message.get_content_type(),
            "authenticated": bool(session.authenticated),
            "encrypted": session.ssl is not None or settings.get("implicit", False),
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    login = (data.login.decode(), data.password.decode())
    return AuthResult(success=login == (settings["user"], settings["password"]), handled=False)


def context():
    if not settings.get("cert"):
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(settings["cert"], settings["key"])
    return made


async def main():
    implicit = settings.get("implicit", False)
    tls = context()
    unwanted = {"PLAIN", "LOGIN"} - set(settings.get("mechanisms", ["PLAIN", "LOGIN"]))

    def session():
        return SMTP(
            Sink(),
            hostname="localhost",
            tls_context=None if implicit else tls,
            require_starttls=bool(tls and not implicit),
            authenticator=authenticate if settings.get("user") else None,
            auth_required=bool(settings.get("user")),
            auth_require_tls=False,
            auth_exclude_mechanism=unwanted,
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
