"""What somebody with the database could do to it, table by table, and what a check must say of it.

Each row: where the finding is, a part of what it says, and the statement. Names in braces stand for what ``NAMES`` says; several
statements have `` ; `` between them.
"""

from __future__ import annotations

NAMES = {
    "VERSION": "(SELECT max(log_index) - 2 FROM object_version)",
    "OTHER_LEAF": "(SELECT leaf_hash FROM log_leaf WHERE log_index = 1)",
    "OTHER_CONTENT": "(SELECT content FROM object_content WHERE version_id = 9)",
    "STATEMENT": "(SELECT min(log_index) FROM log_statement)",
    "FIRST": "WHERE log_index = (SELECT min(log_index) FROM log_statement)",
    "ONE": "WHERE log_index = 1",
    "NEXT": "(SELECT max(log_index) + 1 FROM log_leaf)",
    "OWN_KEY": "(SELECT public_key FROM exchange_key ORDER BY keyid LIMIT 1)",
    "PARTNERS_KEY": "(SELECT public_key FROM partner_key ORDER BY keyid LIMIT 1)",
    "LOST": "WHERE state = 'compromised'",
    "AS_IF": "state = 'active', compromised_since = NULL, reported_at = NULL",
    "OF_LOST": "WHERE kind = 'key-event' AND subject IN (SELECT keyid FROM partner_key WHERE state = 'compromised')",
    "LAST_RECALL": "WHERE kind = 'recall' AND log_index = (SELECT max(log_index) FROM log_statement WHERE kind = 'recall')",
    "A_RECALL": "(SELECT public_id FROM recall WHERE recall_id = 1)",
    "RECALLED": "WHERE version_id IN (SELECT version_id FROM recall_version)",
    "SIGNED": "WHERE version_id = 5",
    "ATTESTED": "WHERE assurance = 'channel-attested'",
    "A_PARTNER": "(SELECT max(partner_id) FROM partner WHERE partner_id NOT IN (SELECT owner_id FROM object_version))",
    "OTHER_CLASS": "(SELECT max(class_id) FROM handling_class WHERE owner_id <>"
    " (SELECT owner_id FROM object_version WHERE version_id = 5))",
    "OWNER_OF_5": "(SELECT owner_id FROM object_version WHERE version_id = 5)",
    "CLASS_OF_5": "(SELECT class_id FROM object_version WHERE version_id = 5)",
    "RED": "WHERE version_id = (SELECT max(version_id) FROM object_version)",
    "OF_OTHERS": "(SELECT max(submission_id) FROM submission WHERE submission_id <>"
    " (SELECT submission_id FROM object_version WHERE version_id = 5))",
    "A_CHECKPOINT": "WHERE tree_size = (SELECT min(tree_size) FROM checkpoint)",
    "LAST_READ": "WHERE disclosure_id = (SELECT max(disclosure_id) FROM disclosure)",
    "A_KEY": "(SELECT keyid FROM exchange_key WHERE usage = 'statement-signing')",
    "OTHER_NOTE": "(SELECT max(note) FROM checkpoint)",
}

TABLE = """
log_leaf | does not commit to its row | UPDATE log_leaf SET leaf_hash = {OTHER_LEAF} WHERE log_index = {VERSION}
log_leaf | does not commit to its row | UPDATE log_leaf SET kind = 'recall' WHERE log_index = {VERSION}
log_leaf | is gone (object-version) | DELETE FROM log_leaf WHERE log_index = {VERSION}
log_leaf | commits to a row that is gone | INSERT INTO log_leaf SELECT {NEXT}, kind, leaf_hash, recorded_at FROM log_leaf {ONE}
position_counter | does not go on | INSERT INTO log_leaf SELECT {NEXT}, kind, leaf_hash, recorded_at FROM log_leaf {ONE}
position_counter | does not go on | UPDATE position_counter SET log_index = log_index - 1
log_leaf | does not commit to its row | UPDATE log_statement SET document = '[]' WHERE log_index = {STATEMENT}
log_leaf | does not commit to its row | UPDATE log_statement SET salt = {OTHER_LEAF} WHERE log_index = {STATEMENT}
log_leaf | does not commit to its row | UPDATE log_statement SET kind = 'recall' WHERE log_index = {STATEMENT}
log_leaf | commits to a row that is gone | DELETE FROM log_statement WHERE log_index = {STATEMENT}
log_statement | shares its index | INSERT INTO log_statement SELECT {VERSION}, 'recall', 'x', {OTHER_LEAF}, '[]'
log_statement 100000 | has no place in the log | INSERT INTO log_statement SELECT 100000, 'recall', 'x', {OTHER_LEAF}, '[]'
log_node 1/0 | is not the hash of its leaves | UPDATE log_node SET hash = {OTHER_LEAF}
log_node 1/0 | is gone | DELETE FROM log_node
log_node 1/7 | is of leaves that are not there | INSERT INTO log_node SELECT 1, 7, {OTHER_LEAF}
log_node 5/0 | is of leaves that are not there | INSERT INTO log_node SELECT 5, 0, {OTHER_LEAF}
checkpoint | has not the root | UPDATE checkpoint SET root_hash = {OTHER_LEAF}
checkpoint | has a note that says something else | UPDATE checkpoint SET note = {OTHER_NOTE}
checkpoint | is not signed by a checkpoint key | UPDATE checkpoint SET note = 'nothing'
checkpoint | covers other rows of the ledger | UPDATE checkpoint SET disclosed_to = disclosed_to + 1
checkpoint 100000 | is of more leaves | INSERT INTO checkpoint SELECT 100000, {OTHER_LEAF}, 'x', max(made_at), 9 FROM checkpoint
log_leaf | does not commit | UPDATE object_version SET payload_digest = content_digest WHERE log_index = {VERSION}
object_content | its leaf commits to | UPDATE object_version SET payload_digest = content_digest WHERE log_index = {VERSION}
object_content | was admitted | UPDATE object_version SET content_digest = payload_digest WHERE log_index = {VERSION}
log_leaf | does not commit | UPDATE object_version SET leaf_salt = content_digest WHERE log_index = {VERSION}
object_version 100000 | has no place | UPDATE object_version SET log_index = 100000 WHERE log_index = {VERSION}
log_leaf | commits to a row that is gone | DELETE FROM object_version WHERE log_index = {VERSION}
object_content 5 | its leaf commits to | UPDATE object_content SET content = {OTHER_CONTENT} WHERE version_id = 5
disclosure | has a row that is not what was logged | UPDATE disclosure SET purpose = 'research'
disclosure | has a row that is not what was logged | UPDATE disclosure SET versions = {OTHER_LEAF}
disclosure | has a row that is not what was logged | UPDATE disclosure SET disclosed_at = '2020-01-01 00:00:00'
exchange_key | is not what was logged: state | UPDATE exchange_key SET state = 'compromised'
exchange_key | is not what was logged | UPDATE exchange_key SET public_key = {PARTNERS_KEY}
key | was logged and is gone | DELETE FROM exchange_key WHERE usage = 'checkpoint-signing'
partner_key | logged: owner | UPDATE partner_key SET partner_id = (SELECT max(partner_id) FROM partner_key)
partner_key | is not what was logged | UPDATE partner_key SET public_key = {OWN_KEY}
partner_key | logged: compromised_since | UPDATE partner_key SET compromised_since = '2026-03-01 00:00:00' {LOST}
partner_key | logged: compromised_since, reported_at, state | UPDATE partner_key SET {AS_IF} {LOST}
partner_key | logged: activated_at | UPDATE partner_key SET activated_at = '2020-01-01 00:00:00' WHERE state = 'active'
partner_key | logged: compromised_since | UPDATE log_statement SET subject = 'x' {OF_LOST} ; UPDATE partner_key SET {AS_IF} {LOST}
log_statement | is filed under something else | UPDATE log_statement SET subject = 'x' {OF_LOST}
log_statement | is filed under something else | UPDATE log_statement SET subject = {A_RECALL} {LAST_RECALL}
log_statement | is filed under something else | UPDATE log_statement SET subject = 'x' WHERE kind = 'approval'
log_statement | is filed under something else | UPDATE log_statement SET subject = 'x' WHERE kind = 'disclosure-root'
agreement | is not what was logged: terms | UPDATE agreement SET document = (SELECT min(document) FROM agreement)
agreement | is not what was logged: ends_at | UPDATE agreement SET ends_at = '2036-01-01 00:00:00' WHERE version = 2
agreement | was logged and is gone | DELETE FROM agreement WHERE version = 2
recall | is not what was logged: reason | UPDATE recall SET reason = 'error' WHERE recall_id = 1
notice_answer | is not what was logged: payload_digest | UPDATE notice_answer SET payload_digest = {OTHER_LEAF}
notice_answer | is not what was logged: signed | UPDATE notice_answer SET keyid = NULL
answer | was logged and is gone | DELETE FROM notice_answer
recall | is not what was logged: log_indexes | DELETE FROM recall_version WHERE recall_id = 1
recall | was logged and is gone | UPDATE recall SET public_id = 'x' WHERE recall_id = 1
approval | is not what was logged | UPDATE approval SET decided_by = proposed_by
approval | is not what was logged: reason_digest | UPDATE approval SET reason = 'Another.'
approval | was logged and is gone | UPDATE approval SET decided_at = NULL
object_version | recalled, and is not withdrawn as of then | UPDATE object_version SET withdrawn_at = NULL {RECALLED}
object_version | recalled, and is not withdrawn as of then | UPDATE object_version SET withdrawn_at = received_at {RECALLED}
object_version | recalled, and can still be seen | UPDATE object_version SET visible_until = '9999-01-01 00:00:00' {RECALLED}
object_version 5 | is withdrawn, and nothing recalled it | UPDATE object_version SET withdrawn_at = received_at {SIGNED}
object_version | is withdrawn, and nothing recalled it | DELETE FROM recall_version
object_version 5 | has other names than its content | UPDATE object_version SET stix_id = 'indicator--x' {SIGNED}
object_version 5 | has other names than its content | UPDATE object_version SET type = 'malware' {SIGNED}
object_version 5 | has other names than its content | UPDATE object_version SET version = '2036-01-01T00:00:00Z' {SIGNED}
object_version 5 | is sorted by another version | UPDATE object_version SET version_key = '2036-01-01T00:00:00' {SIGNED}
object_version 5 | is signed with no key of its owner | UPDATE object_version SET owner_id = {A_PARTNER} {SIGNED}
object_version 5 | is in no class of its owner | UPDATE object_version SET owner_id = {A_PARTNER} {SIGNED}
object_version 5 | is in no class of its owner | UPDATE object_version SET class_id = {OTHER_CLASS} {SIGNED}
object_version 5 | names another key than its signature | UPDATE object_version SET keyid = 'x' {SIGNED}
object_version 5 | kept as if it were not | UPDATE object_version SET assurance = 'channel-attested' {SIGNED}
object_version | is not what was attested: partner | UPDATE object_version SET owner_id = {A_PARTNER} {ATTESTED}
object_version | is not what was attested: key | UPDATE object_version SET keyid = 'x' {ATTESTED}
object_version | is not what was attested: version | UPDATE object_version SET version = '2036-01-01T00:00:00Z' {ATTESTED}
object_version | is neither signed nor attested | UPDATE object_version SET assurance = 'publisher-signed' {ATTESTED}
object_version | is neither signed nor attested | UPDATE object_attestation SET envelope = '{{}}'
object_version | is neither signed nor attested | DELETE FROM object_attestation
handling_class | is not what its digest says | UPDATE handling_class SET document = replace(document, 'red', 'clear')
object_version | is in a class that is wider than its label | UPDATE object_version SET class_id = {CLASS_OF_5} {RED}
handling_class | is not what its digest says | UPDATE handling_class SET owner_id = {A_PARTNER}
object_version 5 | what its receipt says: received_at | UPDATE object_version SET received_at = '2020-01-01 00:00:00' {SIGNED}
object_version 5 | was received at another time | UPDATE object_version SET received_at = '2020-01-01 00:00:00' {SIGNED}
object_version 5 | what its receipt says: id | UPDATE object_version SET submission_id = {OF_OTHERS} {SIGNED}
object_version 5 | came with no submission | UPDATE object_version SET submission_id = '' {SIGNED}
submission | is gone, and versions came with it | DELETE FROM submission
submission | is not what its receipt says | UPDATE submission SET received_at = '2020-01-01 00:00:00'
submission | is not what its receipt says | UPDATE submission SET partner_id = {A_PARTNER}
submission | no receipt that the exchange signed | UPDATE submission SET receipt = '{{}}'
log_leaf | was logged before the leaves before it | UPDATE log_leaf SET recorded_at = '2020-01-01 00:00:00' WHERE log_index = 9
log_leaf | was logged before the leaves before it | UPDATE log_leaf SET recorded_at = '2036-01-01 00:00:00' WHERE log_index = 4
log_leaf | says another time than its document | UPDATE log_leaf SET recorded_at = '2026-01-01 01:00:00' {FIRST}
checkpoint | made before what it holds was logged | UPDATE checkpoint SET made_at = '2020-01-01 00:00:00'
object_content 5 | is gone, and nothing erased it | DELETE FROM object_content {SIGNED}
checkpoint | is gone: the log has what was logged for it alone | DELETE FROM checkpoint {A_CHECKPOINT}
checkpoint | covers other rows of the ledger | UPDATE checkpoint SET disclosed_to = 0 {A_CHECKPOINT}
disclosure | names other owners | DELETE FROM disclosure_owner
disclosure | names other owners | DELETE FROM disclosure_owner {LAST_READ}
disclosure | names other owners | UPDATE disclosure_owner SET owner_id = {A_PARTNER} {LAST_READ} AND owner_id = {OWNER_OF_5}
disclosure | has other bounds | UPDATE disclosure SET first_version_id = last_version_id WHERE first_version_id < last_version_id
disclosure | has other bounds | UPDATE disclosure SET last_version_id = 100000
disclosure | has other bounds | UPDATE disclosure SET version_count = version_count + 1
disclosure | names no versions | UPDATE disclosure SET versions = {OTHER_LEAF}
key_directory | does not follow | DELETE FROM key_directory WHERE version = 2
key_directory 2 | does not follow | DELETE FROM key_directory WHERE version = 1
key_directory 2 | is not signed | UPDATE key_directory SET envelope = '{{}}' WHERE version = 2
key_directory 2 | signed: expires_at | UPDATE key_directory SET expires_at = '2036-01-01 00:00:00' WHERE version = 2
key_directory 2 | signed: issued_at | UPDATE key_directory SET issued_at = '2020-01-01 00:00:00' WHERE version = 2
key_directory 2 | signed: keyid | UPDATE key_directory SET keyid = {A_KEY} WHERE version = 2
partner_key 00 | was never logged | UPDATE partner_key SET keyid = '00' WHERE keyid = (SELECT max(keyid) FROM partner_key)
"""

TAMPERED = [tuple(part.strip() for part in line.split(" | ")) for line in TABLE.strip().splitlines()]
