from merchants.models.access_token import AccessToken
from merchants.models.allowlist import AllowedDomain, AllowlistEntry
from merchants.models.catalogue import DisabledGame, Game, Player
from merchants.models.chain import Chain, ChainBlock, ChainRecipe
from merchants.models.claim_link import SecretClaim
from merchants.models.compromise import Approval, Compromise
from merchants.models.credentials import ApiKey, Secret, SeenAddress, SeenOrigin
from merchants.models.download import Download
from merchants.models.email_outbox import OutgoingEmail
from merchants.models.events import EventDelivery, EventEndpoint, EventType, OutgoingEvent
from merchants.models.heartbeat import Heartbeat
from merchants.models.merchant import Merchant
from merchants.models.people import Contact, Invitation, Membership, Person, SignOut, StaffVisit
from merchants.models.release import Release
from merchants.models.sent import ImportProposal, UsedForm
from merchants.models.sign_in import SignInRecord
from merchants.models.staff_change import OwnerQuestion, StaffChange
from merchants.models.timetable import TimetableJob, TimetableLead
from merchants.models.trial import EgressProof, ListTrial

__all__ = [
    "AccessToken",
    "AllowedDomain",
    "AllowlistEntry",
    "ApiKey",
    "Approval",
    "Chain",
    "ChainBlock",
    "ChainRecipe",
    "Compromise",
    "Contact",
    "DisabledGame",
    "Download",
    "EgressProof",
    "EventDelivery",
    "EventEndpoint",
    "EventType",
    "Game",
    "Heartbeat",
    "ImportProposal",
    "Invitation",
    "ListTrial",
    "Membership",
    "Merchant",
    "OutgoingEmail",
    "OutgoingEvent",
    "OwnerQuestion",
    "Person",
    "Player",
    "Release",
    "Secret",
    "SecretClaim",
    "SeenAddress",
    "SeenOrigin",
    "SignInRecord",
    "SignOut",
    "StaffChange",
    "StaffVisit",
    "TimetableJob",
    "TimetableLead",
    "UsedForm",
]
