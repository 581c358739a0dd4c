"use strict";

// A plugin of Swagger UI: nothing that cannot be signed, and headings and buttons that a screen reader understands.
const documentOnly = (system) => {
  const element = system.React.createElement;
  const region = (label) => (Original) => (props) => element("section", { "aria-label": label }, element(Original, props));
  const none = () => () => null;
  return {
    wrapComponents: {
      authorizeBtn: none,
      authorizeOperationBtn: none,
      InfoContainer: region("About this API"),
      // No "Try it out", so there is no server to choose.
      ServersContainer: region("Servers"),
      Servers: () => ({ servers }) =>
        element("p", null, element("code", null, servers.map((each) => each.get("url")).join(", "))),
      // The list of examples has no label of its own.
      ExamplesSelect: (Original) => (props) =>
        element("label", null, element("span", { className: "visually-hidden" }, "Example"), element(Original, props)),
      // A link within a button: the button opens the operation and writes its address.
      DeepLink: () => ({ text }) => element("span", null, text),
      operations: (Original) => (props) =>
        element(system.React.Fragment, null, element("h2", { className: "endpoints" }, "Endpoints"), element(Original, props)),
    },
  };
};
