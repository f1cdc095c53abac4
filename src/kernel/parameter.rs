//! Parameters of protocols, which a scenario sets.

use serde::{Deserialize, Serialize};

use super::SortedMap;

/// The values that a scenario gives to parameters, by name; the others have their defaults.
pub type ParameterValues = SortedMap<String, ParameterValue>;

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, derive_more::Display)]
#[serde(untagged)]
pub enum ParameterValue {
    /// On or off.
    Flag(bool),
    /// A whole number, in the parameter's unit.
    Integer(u32),
    /// One of the words that the parameter offers.
    Choice(String),
}

impl From<bool> for ParameterValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for ParameterValue {
    fn from(number: u32) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for ParameterValue {
    fn from(word: &str) -> Self {
        Self::Choice(word.to_owned())
    }
}

/// Values that a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// On or off.
    Flag {
        /// Value where the scenario gives none.
        default: bool,
    },
    /// A whole number.
    Integer {
        /// Value where the scenario gives none.
        default: u32,
        /// Least value.
        min: u32,
        /// Greatest value.
        max: u32,
        /// Unit of the number: `ms`.
        unit: &'static str,
    },
    /// One of several words.
    Choice {
        /// Value where the scenario gives none.
        default: &'static str,
        /// The words, each with its meaning.
        choices: &'static [(&'static str, &'static str)],
    },
}

/// A parameter: a page builds its control from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in a scenario. Never renamed: links live for ever.
    pub name: &'static str,
    /// Its effect, in one line.
    pub help: &'static str,
    /// Values that it takes.
    pub domain: Domain,
}

impl Parameter {
    /// Returns the value where the scenario gives none.
    #[must_use]
    pub fn default(&self) -> ParameterValue {
        match self.domain {
            Domain::Flag { default } => ParameterValue::Flag(default),
            Domain::Integer { default, .. } => ParameterValue::Integer(default),
            Domain::Choice { default, .. } => ParameterValue::Choice(default.to_owned()),
        }
    }

    /// Returns a description of the valid values, for error messages.
    #[must_use]
    pub fn expected(&self) -> String {
        match self.domain {
            Domain::Flag { .. } => "true or false".to_owned(),
            Domain::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
            Domain::Choice { choices, .. } => {
                let words: Vec<_> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                words.join(" or ")
            }
        }
    }

    /// True if the parameter takes this value.
    #[must_use]
    pub fn admits(&self, value: &ParameterValue) -> bool {
        match (self.domain, value) {
            (Domain::Flag { .. }, ParameterValue::Flag(_)) => true,
            (Domain::Integer { min, max, .. }, ParameterValue::Integer(value)) => {
                (min..=max).contains(value)
            }
            (Domain::Choice { choices, .. }, ParameterValue::Choice(value)) => {
                choices.iter().any(|(word, _)| word == value)
            }
            _ => false,
        }
    }
}

/// A parameter by its name: the constant that [`parameters!`](crate::parameters) makes of a field. A name or a value
/// that does not exist does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterName(&'static Parameter);

impl ParameterName {
    /// Returns the name of this parameter.
    #[must_use]
    pub const fn of(parameter: &'static Parameter) -> Self {
        Self(parameter)
    }

    /// Returns the name in a scenario.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the parameter.
    #[must_use]
    pub const fn parameter(self) -> &'static Parameter {
        self.0
    }

    /// True if the parameter takes the value with this spelling.
    #[must_use]
    pub const fn takes(self, value: &str) -> bool {
        self.0.domain.has(value)
    }
}

/// The name in a scenario.
impl std::fmt::Display for ParameterName {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Domain {
    /// True if one of the values has this spelling.
    const fn has(self, value: &str) -> bool {
        match self {
            Self::Flag { .. } => same(value, "true") || same(value, "false"),
            Self::Integer { min, max, .. } => match u32::from_str_radix(value, 10) {
                Ok(number) => min <= number && number <= max,
                Err(_) => false,
            },
            Self::Choice { choices, .. } => {
                let mut index = 0;
                while index < choices.len() {
                    if same(choices[index].0, value) {
                        return true;
                    }
                    index += 1;
                }
                false
            }
        }
    }
}

/// Returns `a == b`, which is not yet a const operation.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// Returns the name of a field with dashes for underscores, for [`parameters!`](crate::parameters).
#[must_use]
pub const fn dashed<const LENGTH: usize>(field: &str) -> [u8; LENGTH] {
    let mut name = [0; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        let byte = field.as_bytes()[index];
        name[index] = if byte == b'_' { b'-' } else { byte };
        index += 1;
    }
    name
}

/// All parameters of a protocol, as its process sees them. Made by [`parameters!`](crate::parameters).
pub trait Parameters: Clone + std::fmt::Debug + 'static {
    /// All parameters of the protocol.
    const PARAMETERS: &'static [Parameter];

    /// Reads the scenario's values, and takes the defaults for the rest. The values are of the right kind:
    /// the scenario's reader has checked them against [`PARAMETERS`](Self::PARAMETERS).
    fn read(values: &ParameterValues) -> Self;
}

impl Parameters for () {
    const PARAMETERS: &'static [Parameter] = &[];

    fn read(_values: &ParameterValues) -> Self {}
}

/// The parameters of a process and of another one that runs beside it, such as a failure detector.
impl<A: Parameters, B: Parameters> Parameters for (A, B) {
    const PARAMETERS: &'static [Parameter] = Joined::<A, B>::ROOM.split_at(Joined::<A, B>::LEN).0;

    fn read(values: &ParameterValues) -> Self {
        (A::read(values), B::read(values))
    }
}

/// The parameters of two processes in one list: its length is no constant that an array could have.
struct Joined<A, B>(std::marker::PhantomData<(A, B)>);

impl<A: Parameters, B: Parameters> Joined<A, B> {
    const LEN: usize = A::PARAMETERS.len() + B::PARAMETERS.len();

    /// The list, and room for more.
    const ROOM: &'static [Parameter; 16] = &{
        let nothing = Parameter { name: "", help: "", domain: Domain::Flag { default: false } };
        let mut joined = [nothing; 16];
        let mut index = 0;
        while index < Self::LEN {
            joined[index] = match index.checked_sub(A::PARAMETERS.len()) {
                None => A::PARAMETERS[index],
                Some(index) => B::PARAMETERS[index],
            };
            index += 1;
        }
        joined
    };
}

/// A type that a parameter can have: `bool`, `u32`, or an enum made by [`parameters!`](crate::parameters).
pub trait ParameterField: Sized {
    /// Converts a value; none if it is of another kind.
    fn from_value(value: &ParameterValue) -> Option<Self>;
}

impl ParameterField for bool {
    fn from_value(value: &ParameterValue) -> Option<Self> {
        match value {
            ParameterValue::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl ParameterField for u32 {
    fn from_value(value: &ParameterValue) -> Option<Self> {
        match value {
            ParameterValue::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

/// Declares a protocol's parameters: names (from the fields), help (from the doc comments), defaults, ranges
/// and units; and a constant for each, by which rules name it.
///
/// ```
/// worldlines::parameters! {
///     /// Parameters of a protocol that asks a quorum.
///     pub struct Parameters {
///         /// Number of attempts.
///         most_tries: u32 = 3, in 1..=10 "times";
///         /// True if the first attempt is made at the start.
///         eager: bool = true;
///         /// Nodes that are asked.
///         quorum: Quorum = Everyone;
///     }
///     /// Number of nodes that must answer.
///     pub enum Quorum {
///         /// All nodes.
///         Everyone = "everyone",
///         /// More than half of the nodes.
///         Majority = "majority",
///     }
/// }
/// assert_eq!(Parameters::most_tries.name(), "most-tries");
/// const EVERYONE: worldlines::kernel::Rule = Parameters::quorum.is("everyone");
/// ```
#[macro_export]
macro_rules! parameters {
    (
        $(#[$outer:meta])*
        pub struct $Struct:ident {
            $(
                $(#[doc = $help:literal])+
                $field:ident : $Type:tt = $default:tt
                $(, in $min:literal ..= $max:literal $unit:literal)? ;
            )+
        }
        $(
            $(#[$enum_outer:meta])*
            pub enum $Enum:ident {
                $( $(#[doc = $word_help:literal])+ $Variant:ident = $word:literal, )+
            }
        )*
    ) => {
        $(
            $crate::choices! {
                $(#[$enum_outer])*
                pub enum $Enum { $( $(#[doc = $word_help])+ $Variant = $word, )+ }
            }
        )*

        $(#[$outer])*
        #[derive(Clone, Debug)]
        pub struct $Struct { $( $(#[doc = $help])+ pub $field: $Type, )+ }

        #[allow(non_upper_case_globals, reason = "a constant has the name of its field")]
        impl $Struct { $(
            #[doc = concat!("Names the parameter `", stringify!($field), "`.")]
            pub const $field: $crate::kernel::ParameterName = {
                const FIELD: &str = stringify!($field);
                const NAME: &[u8] = &$crate::kernel::dashed::<{ FIELD.len() }>(FIELD);
                const PARAMETER: &$crate::kernel::Parameter = &$crate::kernel::Parameter {
                    name: match std::str::from_utf8(NAME) {
                        Ok(name) => name,
                        Err(_) => FIELD,
                    },
                    help: concat!($($help),+).trim_ascii(),
                    domain: $crate::parameters!(@domain $Type, $default $(, $min, $max, $unit)?),
                };
                $crate::kernel::ParameterName::of(PARAMETER)
            };
        )+ }

        impl $crate::kernel::Parameters for $Struct {
            const PARAMETERS: &'static [$crate::kernel::Parameter] = &[$( *Self::$field.parameter(), )+];

            fn read(values: &$crate::kernel::ParameterValues) -> Self {
                Self {
                    $( $field: values
                        .get(Self::$field.name())
                        .and_then($crate::kernel::ParameterField::from_value)
                        .unwrap_or($crate::parameters!(@default $Type, $default)), )+
                }
            }
        }
    };
    (@domain bool, $default:tt) => { $crate::kernel::Domain::Flag { default: $default } };
    (@domain u32, $default:tt, $min:literal, $max:literal, $unit:literal) => {
        $crate::kernel::Domain::Integer { default: $default, min: $min, max: $max, unit: $unit }
    };
    (@domain $Enum:tt, $default:tt) => {
        $crate::kernel::Domain::Choice { default: $Enum::$default.word(), choices: $Enum::CHOICES }
    };
    (@default bool, $default:tt) => { $default };
    (@default u32, $default:tt) => { $default };
    (@default $Enum:tt, $default:tt) => { $Enum::$default };
}

/// Declares an enum that can be the type of a parameter: words, each with its help from the doc comment.
/// [`parameters!`](crate::parameters) does the same for the enums of one protocol.
#[macro_export]
macro_rules! choices {
    (
        $(#[$enum_outer:meta])*
        pub enum $Enum:ident { $( $(#[doc = $word_help:literal])+ $Variant:ident = $word:literal, )+ }
    ) => {
        $(#[$enum_outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        pub enum $Enum { $( $(#[doc = $word_help])+ $Variant, )+ }

        impl $Enum {
            /// The words, each with its meaning.
            pub(crate) const CHOICES: &'static [(&'static str, &'static str)] =
                &[$( ($word, concat!($($word_help),+).trim_ascii()), )+];

            /// Returns the word of a value.
            pub(crate) const fn word(self) -> &'static str {
                match self { $( Self::$Variant => $word, )+ }
            }
        }

        impl $crate::kernel::ParameterField for $Enum {
            fn from_value(value: &$crate::kernel::ParameterValue) -> Option<Self> {
                match value {
                    $crate::kernel::ParameterValue::Choice(word) => match word.as_str() {
                        $( $word => Some(Self::$Variant), )+
                        _ => None,
                    },
                    _ => None,
                }
            }
        }
    };
}
