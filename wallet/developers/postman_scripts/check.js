// Checks the status, and keeps the ids that later requests need.
const answer = pm.response.json();
for (const name of ["sessionId", "statementId"]) {
  if (answer[name]) pm.collectionVariables.set(name, answer[name]);
}
pm.test("accepted", () => pm.expect(answer.status, answer.message).to.eql("RS_OK"));
