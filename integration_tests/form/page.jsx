// The form of a connector: its JSON schema, rendered as a user sees it, in the order that the schema tells.
import Form from "@rjsf/core";
import validator from "@rjsf/validator-ajv8";
import React from "react";
import { createRoot } from "react-dom/client";

// Fields by group, then by `order`; secrets covered; long texts in a box. An option that was chosen tells its constant.
function layout(schema) {
  const ui = {};
  if (schema.oneOf) {
    ui.oneOf = schema.oneOf.map(layout);
    ui["ui:widget"] = schema.display_type === "radio" ? "radio" : "select";
  }
  const groups = (schema.groups ?? []).map((group) => group.id);
  const place = (field) => [groups.indexOf(field.group), field.order ?? 0];
  const fields = Object.entries(schema.properties ?? {});
  fields.sort(([, one], [, other]) => place(one)[0] - place(other)[0] || place(one)[1] - place(other)[1]);
  for (const [name, field] of fields) {
    ui[name] = "const" in field ? { "ui:widget": "hidden" } : layout(field);
    if (field.airbyte_secret) ui[name]["ui:widget"] = "password";
    if (field.multiline) ui[name]["ui:widget"] = "textarea";
  }
  if (schema.items) ui.items = layout(schema.items);
  if (fields.length > 0) ui["ui:order"] = [...fields.map(([name]) => name), "*"];
  return ui;
}

function Label({ schema, label, required, rawDescription, children, errors, hidden, displayLabel, id }) {
  if (hidden) return <div hidden>{children}</div>;
  const isBox = schema.type === "boolean";
  return (
    <div className="field">
      {displayLabel && !isBox && (
        <label htmlFor={id}>
          {label} {!required && <small>Optional</small>}
        </label>
      )}
      {displayLabel && !isBox && rawDescription && <p>{rawDescription}</p>}
      {children}
      {errors}
    </div>
  );
}

// The icons of the library belong to a style sheet that is not here: words instead.
const button = (text) =>
  function Button({ onClick, disabled }) {
    return (
      <button type="button" onClick={onClick} disabled={disabled}>
        {text}
      </button>
    );
  };
const buttons = {
  AddButton: button("Add"), RemoveButton: button("Remove"), MoveUpButton: () => null, MoveDownButton: () => null,
};

const { schema, value } = window.shown;
createRoot(document.getElementById("form")).render(
  <Form
    schema={schema}
    uiSchema={{ ...layout(schema), "ui:options": { expandable: false, submitButtonOptions: { norender: true } } }}
    formData={value}
    validator={validator}
    templates={{ FieldTemplate: Label, ButtonTemplates: buttons }}
    noHtml5Validate
  />,
);
