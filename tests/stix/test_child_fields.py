"""Names of members that describe a child are known in many spellings; statistics, settings and trees are left alone."""

from __future__ import annotations

import pytest

from app.stix.child_fields import describes_child, find_child
from breakwater_client.documents.pointers import known_names
from tests.factories.runaway import no_runaway

_DESCRIBES = """
victim_name victimName victim-name VictimName VICTIM_NAME victim.name x_victim_name victims_names nameOfVictim
name_of_the_victim child_name childName childs_name child's_name childs_age child_age ageOfChild age_of_the_child childname
childage victimdob victim_dob victim_date_of_birth date_of_birth dateOfBirth DOB birthdate birthday x_dob minor_photo
minorPhoto minor_photos photo_of_minor minorphoto kid_picture kids_school child_face_image school school_name schoolName
name_of_school x_school childs_school victim_school victim_address victim_phone victimEmail victim_username child_mobile
child_handle survivor_name victim_1_name victim2_age mother_of_child child_guardian parents_of_victim opfer_name opferName
Name_des_Opfers kind_alter alter_des_kindes vorname_des_kindes kind_geburtsdatum minderjährige_name geburtsdatum victime_nom
nom_de_la_victime prénom_enfant âge_de_l'enfant enfant_age date_de_naissance école nombre_de_la_víctima nombre_nino
edad_del_niño niña_edad fecha_de_nacimiento escuela apellidos_menor nome_da_criança idade_criança nome_vítima
data_de_nascimento nome_del_bambino età_minore data_di_nascita scuola naam_slachtoffer leeftijd_minderjarige geboortedatum
barnets_namn_barnet imię_dziecka wiek_ofiary szkoła çocuk_yaş doğum_tarihi pangalan_ng_bata biktima_pangalan kaarawan
nama_anak umur_korban jina_la_mtoto имя_ребёнка возраст_жертвы дата_рождения имя_ребенка имяРебёнка школа vozrast_rebenka
受害者姓名 受害者_年龄 儿童的姓名 被害者氏名 児童の年齢 피해자_이름 아동나이 생년월일 ชื่อเด็ก
"""

_LEAVES_ALONE = """
name names display_name description age age_assurance age_verification age_gate minimum_age age_band account_age
account_age_days victims victims_count victim_count number_of_victims victim_age_bands victim_age_range victim_age_group
child_age_brackets average_victim_age victim_gender_distribution victim_country victim_sector victim_organisation_name
victim_organization victim_host victim victim_type child children minors minor child_account_default child_accounts
child_account child_account_defaults minor_account_restrictions child_contact_policy child_email_policy
contact_limits_for_minors minor_version os_minor_version minor_image_version child_process_name child_refs child_node_name
child_id parent_name child_technique_name child_domain_name child_sexual_abuse_image_hash child_sexual_abuse_images
child_protection_contact_name child_safety_email child_hash image_hash photo_hash phone_hash picture_count
school_safety_programme school_holidays_pattern schooling offer_name kind kind_name kind_description offer_age offering_name
kidney minority_name childhood_name birth_rate birthrate birth_country_distribution x_mitre_platforms x_opencti_score
x_misp_first_name sender_name recipient_name account_login user_id case_number source_name face_model imagery photographer
named emaildomain mail_server phone_model child_image_classifier_version face_detection_rate x_review_queue baby_steps
infant_mortality_rate ad_name kinds_of_names boyfriend girlfriend_scam_name schools_count
"""

DESCRIBES = _DESCRIBES.split()
LEAVES_ALONE = _LEAVES_ALONE.split()


@pytest.mark.parametrize("name", DESCRIBES)
def test_it_describes_a_child(name: str) -> None:
    assert describes_child(name)
    assert find_child(["name", "x_review_queue", name]) == name


@pytest.mark.parametrize("name", LEAVES_ALONE)
def test_it_does_not(name: str) -> None:
    assert not describes_child(name)


def test_all_of_those_together_do_not() -> None:
    assert find_child(LEAVES_ALONE) is None


@pytest.mark.parametrize("stem", ["x_{}", "child_a{}", "naïve_{}", "victimage{}x"])
def test_very_many_names_take_little_time(stem: str) -> None:
    names = [stem.format(number) for number in range(100_000)]
    with no_runaway():
        find_child(names)


def test_five_thousand_telling_names_are_the_most() -> None:
    names = [f"child_node_{number}" for number in range(5_001)]
    assert find_child(names[1:]) is None
    assert find_child(names) == names[0]


def test_no_name_of_stix_or_of_our_schemas_does() -> None:
    assert [name for name in known_names() if describes_child(name)] == []


def test_very_long_names_are_left_to_others() -> None:
    assert not describes_child("victim_name" * 100)
