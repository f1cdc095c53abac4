//! What a reader can tune in a protocol.

use serde::{Deserialize, Serialize};

use super::SortedMap;

/// The values that a scenario gives to parameters, by name; the others have their defaults.
pub type ParameterValues = SortedMap<String, ParameterValue>;

/// One value.
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

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// On or off.
    Flag {
        /// The value where the scenario gives none.
        default: bool,
    },
    /// A whole number.
    Integer {
        /// The value where the scenario gives none.
        default: u32,
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
        /// What is counted.
        unit: &'static str,
    },
    /// One of several words.
    Choice {
        /// The value where the scenario gives none.
        default: &'static str,
        /// The words, each with what it means.
        choices: &'static [(&'static str, &'static str)],
    },
}

/// One parameter: a page builds its control from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in a scenario. Never renamed: links live for ever.
    pub name: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
    /// What values it takes.
    pub domain: Domain,
}

impl Parameter {
    /// The value where the scenario gives none.
    #[must_use]
    pub fn default(&self) -> ParameterValue {
        match self.domain {
            Domain::Flag { default } => ParameterValue::Flag(default),
            Domain::Integer { default, .. } => ParameterValue::Integer(default),
            Domain::Choice { default, .. } => ParameterValue::Choice(default.to_owned()),
        }
    }

    /// What a value must be, to be shown to the reader.
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

    /// Whether the parameter takes this value.
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

/// All parameters of a protocol, as its process sees them. Made by [`parameters!`](crate::parameters).
pub trait Parameters: Clone + std::fmt::Debug + 'static {
    /// What there is to tune.
    const PARAMETERS: &'static [Parameter];

    /// Takes the scenario's values, and the defaults for the rest. The values are of the right kind:
    /// the scenario's reader has checked them against [`PARAMETERS`](Self::PARAMETERS).
    fn read(values: &ParameterValues) -> Self;
}

impl Parameters for () {
    const PARAMETERS: &'static [Parameter] = &[];

    fn read(_values: &ParameterValues) -> Self {}
}

/// A type that a parameter can have: `bool`, `u32`, or an enum made by [`parameters!`](crate::parameters).
pub trait ParameterField: Sized {
    /// Takes it out of a value; none if the value is of another kind.
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

/// Declares a protocol's parameters: names, help (from the doc comments), defaults, ranges and units.
///
/// ```
/// worldlines::parameters! {
///     /// What can be tuned.
///     pub struct Parameters {
///         /// How often to try again.
///         tries: u32 = 3, in 1..=10 "times", name "tries";
///         /// Whether to try at all.
///         eager: bool = true, name "eager";
///         /// Whom to ask.
///         quorum: Quorum = Everyone, name "quorum";
///     }
///     /// How many must answer.
///     pub enum Quorum {
///         /// Each and every one.
///         Everyone = "everyone",
///         /// More than half.
///         Majority = "majority",
///     }
/// }
/// ```
#[macro_export]
macro_rules! parameters {
    (
        $(#[$outer:meta])*
        pub struct $Struct:ident {
            $(
                $(#[doc = $help:literal])+
                $field:ident : $Type:tt = $default:tt
                $(, in $min:literal ..= $max:literal $unit:literal)?
                , name $name:literal ;
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
            $(#[$enum_outer])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
            pub enum $Enum { $( $(#[doc = $word_help])+ $Variant, )+ }

            impl $Enum {
                const CHOICES: &'static [(&'static str, &'static str)] =
                    &[$( ($word, concat!($($word_help),+).trim_ascii()), )+];

                const fn word(self) -> &'static str {
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
        )*

        $(#[$outer])*
        #[derive(Clone, Debug)]
        pub struct $Struct { $( $(#[doc = $help])+ pub $field: $Type, )+ }

        impl $crate::kernel::Parameters for $Struct {
            const PARAMETERS: &'static [$crate::kernel::Parameter] = &[$(
                $crate::kernel::Parameter {
                    name: $name,
                    help: concat!($($help),+).trim_ascii(),
                    domain: $crate::parameters!(@domain $Type, $default $(, $min, $max, $unit)?),
                },
            )+];

            fn read(values: &$crate::kernel::ParameterValues) -> Self {
                Self {
                    $( $field: values
                        .get($name)
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
