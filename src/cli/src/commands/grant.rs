//! `kapia grant`.

use super::consumer::period;
use super::describe::{local_steps, may_see};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::operations;
use crate::running::actor;
use crate::session::Session;
use crate::subject::{Dates, Holder};
use crate::text;
use clap::{Args, Subcommand};
use kapia_adapter::{Catalogue, near_names};
use kapia_registry::{
    ConsumerName, FieldGrantView, FieldPattern, FieldRights, GrantView, OperationName, Registry, SubjectName,
};
use kapia_schema::{Field, FieldTree};

/// Rights to operations and to fields of their answers.
#[derive(Debug, Subcommand)]
pub(crate) enum Grant {
    /// Allow an operation, and fields of its answer.
    Add(Add),
    /// Deny an operation, or fields of its answer; a denial beats what roles allow.
    Deny(Deny),
    /// Take back what was allowed or denied.
    Revoke(Revoke),
    /// Show the rights of a consumer, or of everybody.
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    holder: Holder,
    /// Name of the operation, or its last part.
    operation: String,
    /// A field of the answer: a path below its root; `A/**` is A with everything below it. Its ancestors are opened too.
    #[arg(long = "field", value_name = "PATH")]
    fields: Vec<String>,
    /// Every field of the answer.
    #[arg(long, conflicts_with = "fields")]
    all_fields: bool,
    #[command(flatten)]
    dates: Dates,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Deny {
    #[command(flatten)]
    holder: Holder,
    /// Name of the operation, or its last part.
    operation: String,
    /// A field of the answer; without any, the whole operation is denied.
    #[arg(long = "field", value_name = "PATH")]
    fields: Vec<String>,
    #[command(flatten)]
    dates: Dates,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    holder: Holder,
    /// Name of the operation, or its last part.
    operation: String,
    /// A field right, exactly as it was written; without any, every right to the operation is taken back.
    #[arg(long = "field", value_name = "PATH")]
    fields: Vec<String>,
    /// Why; stays in the list of changes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Only this consumer.
    #[arg(value_name = "NAME")]
    consumer: Option<String>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Grant {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        let registry = session.registry(&config)?;
        match self {
            Grant::Add(add) => add.run(session, &config, &registry)?,
            Grant::Deny(deny) => deny.run(session, &config, &registry)?,
            Grant::Revoke(revoke) => revoke.run(session, &registry)?,
            Grant::Show(show) => show.run(session, &registry)?,
        }
        Ok(Exit::Done)
    }
}

impl Add {
    fn run(self, session: &Session, config: &Config, registry: &Registry) -> Result<(), Failure> {
        let operation = operations::find_known(registry, &self.operation)?;
        let holder = self.holder.name()?;
        let patterns = match self.all_fields {
            true => vec![FieldPattern::everything()],
            false => with_ancestors(&parse(&self.fields)?)?,
        };
        // The field tree is known only while a package offers the operation.
        let catalogue = session.packages(config)?.catalogue;
        let tree = tree(&catalogue, &operation);
        patterns.iter().try_for_each(|pattern| check(tree, pattern))?;
        let period = self.dates.period()?;
        let admin = registry.admin(actor());
        admin.grant(&holder, &operation, period, &self.comment)?;
        if !patterns.is_empty() {
            admin.grant_fields(&holder, &operation, &patterns, &self.comment)?;
        }
        session.tell(text::granted(&holder, &operation));
        for pattern in &patterns {
            session.say(&format!("  {pattern}\n"));
        }
        warn_of_hidden(session, registry, &holder, &operation, tree)
    }
}

impl Deny {
    fn run(self, session: &Session, config: &Config, registry: &Registry) -> Result<(), Failure> {
        let operation = operations::find_known(registry, &self.operation)?;
        let holder = self.holder.name()?;
        let patterns = parse(&self.fields)?;
        let catalogue = session.packages(config)?.catalogue;
        let tree = tree(&catalogue, &operation);
        patterns.iter().try_for_each(|pattern| check(tree, pattern))?;
        let admin = registry.admin(actor());
        if patterns.is_empty() {
            admin.deny(&holder, &operation, self.dates.period()?, &self.comment)?;
            session.tell(text::denied(&holder, &operation));
            return Ok(());
        }
        admin.deny_fields(&holder, &operation, &patterns, &self.comment)?;
        session.tell(text::denied_fields(&holder, &operation));
        patterns.iter().for_each(|pattern| session.say(&format!("  {pattern}\n")));
        warn_of_hidden(session, registry, &holder, &operation, tree)
    }
}

impl Revoke {
    fn run(self, session: &Session, registry: &Registry) -> Result<(), Failure> {
        let operation = operations::find_known(registry, &self.operation)?;
        let holder = self.holder.name()?;
        let admin = registry.admin(actor());
        if self.fields.is_empty() {
            let fields = admin.revoke(&holder, &operation, &self.comment)?;
            session.tell(text::revoked(&holder, &operation, fields));
        } else {
            let changed = admin.revoke_fields(&holder, &operation, &parse(&self.fields)?, &self.comment)?;
            session.tell(text::revoked_fields(&holder, &operation, changed.changed));
        }
        Ok(())
    }
}

impl Show {
    fn run(self, session: &Session, registry: &Registry) -> Result<(), Failure> {
        let consumers = match &self.consumer {
            Some(name) => vec![ConsumerName::parse(name)?],
            None => registry.consumers()?.into_iter().map(|consumer| consumer.name).collect(),
        };
        let rights = consumers.iter().map(|name| registry.rights(name)).collect::<Result<Vec<_>, _>>()?;
        if self.json {
            return session.say_json(&rights);
        }
        if rights.is_empty() {
            session.tell(text::no_consumers());
        }
        for rights in rights {
            session.say(&format!("{}\n", session.paint.bold(rights.consumer.name.as_str())));
            say_rights(session, &rights.grants, &rights.fields);
        }
        Ok(())
    }
}

/// Operations with the fields that belong to them, grouped by holder.
pub(crate) fn say_rights(session: &Session, grants: &[GrantView], fields: &[FieldGrantView]) {
    let sign = |allowed: bool| if allowed { session.paint.green("+") } else { session.paint.red("−") };
    let mut out = String::new();
    if grants.is_empty() {
        out.push_str(&format!("  {}\n", session.pick(text::no_grants())));
    }
    for grant in grants {
        let dates = period(&grant.period);
        out.push_str(&format!("  {} {}{dates}  ({})\n", sign(grant.allowed), grant.operation, grant.holder));
        let own = fields.iter().filter(|field| field.operation == grant.operation && field.holder == grant.holder);
        for field in own {
            out.push_str(&format!("      {} {}\n", sign(field.allowed), field.pattern));
        }
    }
    session.say(&out);
}

fn parse(fields: &[String]) -> Result<Vec<FieldPattern>, Failure> {
    fields.iter().map(|field| FieldPattern::parse(field).map_err(Failure::from)).collect()
}

/// The patterns with every field above them, each once, the outer ones first.
fn with_ancestors(patterns: &[FieldPattern]) -> Result<Vec<FieldPattern>, Failure> {
    let mut all: Vec<FieldPattern> = Vec::new();
    for pattern in patterns {
        let steps: Vec<&str> = pattern.steps().collect();
        for length in 1..steps.len() {
            all.push(FieldPattern::parse(&steps[..length].join("/"))?);
        }
        all.push(pattern.clone());
    }
    let mut once = Vec::new();
    for pattern in all {
        if !once.contains(&pattern) {
            once.push(pattern);
        }
    }
    Ok(once)
}

fn tree<'c>(catalogue: &'c Catalogue, operation: &OperationName) -> Option<&'c FieldTree> {
    catalogue.find(operation.as_str()).ok().map(|served| &served.operation.response.fields)
}

/// A pattern must name a field that there is, unless nobody can say what there is.
fn check(tree: Option<&FieldTree>, pattern: &FieldPattern) -> Result<(), Failure> {
    let Some(tree) = tree else { return Ok(()) };
    let mut field = tree.root();
    for step in pattern.steps() {
        if field.has_open_content() {
            return Ok(());
        }
        field = match field.child(step) {
            Some(child) => child,
            None => return Err(unknown(&field, pattern, step)),
        };
    }
    Ok(())
}

fn unknown(above: &Field, pattern: &FieldPattern, step: &str) -> Failure {
    let children = above.children();
    let names: Vec<String> = children.iter().filter_map(|child| local_steps(child.path()).pop()).collect();
    let hint = match near_names(step, names.iter().map(String::as_str)).as_slice() {
        [] if names.is_empty() => text::holds_a_value(above.local()),
        [] => text::one_of(names.join(", ")),
        near => text::did_you_mean(near.join(", ")),
    };
    let above = if above.path().is_empty() { above.local() } else { above.path() };
    Failure::usage(text::field_unknown(pattern, above, step), hint)
}

/// A field that the schema requires and the holder does not see is emptied or takes its parent with it; that surprises.
fn warn_of_hidden(
    session: &Session,
    registry: &Registry,
    holder: &SubjectName,
    operation: &OperationName,
    tree: Option<&FieldTree>,
) -> Result<(), Failure> {
    let (Some(tree), Some(rights)) = (tree, own_rights(registry, holder, operation)?) else { return Ok(()) };
    if rights.is_nothing() {
        session.warn(text::no_fields());
        return Ok(());
    }
    let hidden = required_but_hidden(tree, &rights);
    if !hidden.is_empty() {
        session.warn(text::required_hidden(hidden.join(", ")));
    }
    Ok(())
}

/// The field rights that the holder has by itself; for a consumer, those of its roles too.
fn own_rights(
    registry: &Registry,
    holder: &SubjectName,
    operation: &OperationName,
) -> Result<Option<FieldRights>, Failure> {
    let fields = match holder {
        SubjectName::Consumer(name) => registry.rights(name)?.fields,
        SubjectName::Role(name) => {
            registry.roles()?.into_iter().find(|role| role.name == *name).map(|role| role.fields).unwrap_or_default()
        }
        SubjectName::Certificate(_) => return Ok(None),
    };
    let own = fields.into_iter().filter(|field| field.operation == *operation);
    let (allowed, denied): (Vec<_>, Vec<_>) = own.partition(|field| field.allowed);
    let patterns = |fields: Vec<FieldGrantView>| fields.into_iter().map(|field| field.pattern).collect::<Vec<_>>();
    Ok(Some(FieldRights::from_patterns(patterns(allowed), patterns(denied))))
}

fn required_but_hidden(tree: &FieldTree, rights: &FieldRights) -> Vec<String> {
    let mut hidden = Vec::new();
    let mut pending = tree.children();
    while let Some(field) = pending.pop() {
        if may_see(rights, &field) {
            // Recursive types repeat the same question for ever.
            if field.repetitions() == 0 {
                pending.extend(field.children());
            }
        } else if field.is_required() && !field.is_nillable() {
            hidden.push(local_steps(field.path()).join("/"));
        }
    }
    hidden.sort();
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, SchemaSet};
    use kapia_xml::QName;

    const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Answer">
      <xs:complexType><xs:sequence>
        <xs:element name="Id" type="xs:string"/>
        <xs:element name="Note" type="xs:string" nillable="true"/>
        <xs:element name="Person" minOccurs="0"><xs:complexType><xs:sequence>
          <xs:element name="Name" type="xs:string"/><xs:element name="Age" type="xs:string" minOccurs="0"/>
        </xs:sequence><xs:attribute name="kind" use="required"/></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

    fn patterns(written: &[&str]) -> Vec<FieldPattern> {
        written.iter().map(|pattern| FieldPattern::parse(pattern).unwrap()).collect()
    }

    fn fields() -> FieldTree {
        let schema = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", SCHEMA)).unwrap();
        schema.fields(&QName::new("", "Answer")).unwrap()
    }

    #[test]
    fn a_field_opens_what_is_above_it_once() {
        let all = with_ancestors(&patterns(&["A/B/@c", "A/B/D/**", "A"])).unwrap();
        assert_eq!(all, patterns(&["A", "A/B", "A/B/@c", "A/B/D/**"]));
    }

    #[test]
    fn hidden_fields_that_visible_parents_require_are_found() {
        let hidden =
            |allowed: &[&str]| required_but_hidden(&fields(), &FieldRights::from_patterns(patterns(allowed), []));
        assert_eq!(hidden(&["Person", "Person/Age"]), ["Id", "Person/@kind", "Person/Name"]);
        assert_eq!(hidden(&["Id"]), Vec::<String>::new());
        assert_eq!(hidden(&["**"]), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_that_names_no_field_is_refused_with_the_near_one() {
        let tree = fields();
        let told = |pattern: &str| {
            let pattern = FieldPattern::parse(pattern).unwrap();
            check(Some(&tree), &pattern).map_err(|failure| failure.told(crate::language::Language::En, false))
        };
        assert_eq!(told("Person/**"), Ok(()));
        assert_eq!(told("Person/@kind"), Ok(()));
        assert!(told("Person/Nam").unwrap_err().ends_with("hint: did you mean Name\n"));
        assert!(told("Id/X").unwrap_err().ends_with("hint: Id holds a value and no elements\n"));
    }
}
